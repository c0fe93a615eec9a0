// PostGraphile 5 with the same mutation, planned by Grafast, and the tables of SCHEMA, if one is said: listens on PORT, writes to and reads from
// DATABASE_URL. It wants Node 22 or newer, which npm's package `node` brings: `node_modules/.bin/node postgraphile.mjs [SCHEMA]`.
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { access, sideEffect } from 'postgraphile/grafast';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { makePgService } from 'postgraphile/adaptors/pg';
import { extendSchema } from 'postgraphile/utils';
import { record, typeDefs } from './record.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const plugin = extendSchema({
  typeDefs,
  objects: {
    Mutation: {
      plans: {
        recordActivities: (_, { $input }) => sideEffect($input, (input) => record(pool, input)),
      },
    },
    RecordActivitiesPayload: {
      plans: Object.fromEntries(['accepted', 'duplicates', 'rejected'].map((name) => [name, ($of) => access($of, name)])),
    },
  },
});
const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [plugin],
  pgServices: [makePgService({ pool, schemas: [process.argv[2] ?? 'information_schema'] })],
  grafserv: { graphqlPath: '/graphql', watch: false, graphiql: false },
  grafast: { explain: false },
};
const instance = postgraphile(preset);
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), '127.0.0.1');
