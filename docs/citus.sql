-- Many boards over several machines: PostgreSQL with Citus 13, a schema for each board (docs/scale.md).
--
-- NOT RUN by the tests of this repository: they have no Citus. Try it on machines of your own before a board depends on it.
--
-- Citus places a whole schema on one worker ("schema-based sharding"). Tables need no change and no column more: a board's server works in its
-- schema only, so that each of its statements goes to one worker, transactions, joins, upserts by UNNEST with RETURNING and ALTER TABLE included.
--
-- Needed: a coordinator and two or more workers with PostgreSQL 15, 16 or 17 and Citus 13 (shared_preload_libraries = 'citus', and it stands
-- first), the same database on each, and a way for them to know each other (pg_hba.conf, or citus.node_conninfo with certificates).

-- 1. On every machine, in the database of the boards, by a superuser:
CREATE EXTENSION IF NOT EXISTS citus;

-- 2. On the coordinator: which machines there are.
SELECT citus_set_coordinator_host('coordinator.example', 5432);
SELECT citus_add_node('worker-1.example', 5432);
SELECT citus_add_node('worker-2.example', 5432);
SELECT * FROM citus_get_active_worker_nodes();

-- 3. A board. Its role is made on the coordinator and reaches the workers by itself; a schema that is made while
-- citus.enable_schema_based_sharding is on is placed on a worker as a whole, and so is every table made in it afterwards.
--   { echo "SET citus.enable_schema_based_sharding TO on;"; bin/board-schema asagiri; } | psql postgres://postgres@coordinator.example/asagao
-- and then, as everywhere:
--   DATABASE_URL=postgres://asagiri:PASSWORD@coordinator.example/asagao asagao migrate
-- With only ONE schema made differently the board's tables lie on the coordinator: look at them.
SELECT schema_name, schema_owner, schema_size, colocation_id FROM citus_schemas ORDER BY schema_name;
SELECT schema_name, nodename, count(*) AS tables FROM citus_shards WHERE citus_table_type = 'schema' GROUP BY 1, 2 ORDER BY 1;

-- 4. A board that was there before Citus: its schema becomes one that can be moved. Stop its servers and take a backup first.
SELECT citus_schema_distribute('asagiri');

-- 5. Where one worker has too much: move a board. Writes to it wait for the last moment of it; wal_level has to be logical on the workers.
SELECT citus_schema_move('asagiri', 'worker-2.example', 5432);

-- 6. A further worker: add it as in 2, then let Citus move boards until the sizes are even.
SELECT citus_rebalance_start();
SELECT * FROM citus_rebalance_status();

-- What to look at while trying it:
-- * migrations: `asagao migrate` on an empty board, and again when a newer program has one more;
-- * posting: `asagao load` against a server of the board, which checks at its end that everything acknowledged is there, once;
-- * events: a server's LISTEN and NOTIFY are of the coordinator: all servers of a board have to name the coordinator, not workers;
-- * `asagao backup` and `asagao restore`: pg_dump reads through the coordinator; restore into a schema made as in 3;
-- * connections: every connection of a server to the coordinator may open one to a worker (citus.max_shared_pool_size bounds them).
