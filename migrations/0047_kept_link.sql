-- The last of a chain's links that have nothing beside them is kept, with the digest from which it goes on: its own digest vouches for when it
-- was. NULL where it was dropped with the others, before this.
ALTER TABLE access_dropped ADD COLUMN before BYTEA;
