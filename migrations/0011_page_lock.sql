-- A locked session shows nothing until the same person has signed in again. `keep` is the key of what was typed and not sent: the browser
-- keeps the text, the server its key, and gives it only to pages of that person.
ALTER TABLE page_session ADD COLUMN locked_at TIMESTAMPTZ;
ALTER TABLE page_session ADD COLUMN keep TEXT NOT NULL DEFAULT '';
