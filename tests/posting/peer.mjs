// A server with one mutation, as somebody would write it by hand: `node peer.mjs yoga|apollo` listens on PORT and writes to DATABASE_URL.
// It keeps activities alone: no totals, no answer for each item, no sign-in.
import { createServer } from 'node:http';
import pg from 'pg';
import { record, typeDefs as recorded } from './record.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const typeDefs = `type Query { ready: Boolean! }\n${recorded.replace('extend type Mutation', 'type Mutation')}`;
const resolvers = { Query: { ready: () => true }, Mutation: { recordActivities: (_, { input }) => record(pool, input) } };
const port = Number(process.env.PORT);

if (process.argv[2] === 'yoga') {
  const { createSchema, createYoga } = await import('graphql-yoga');
  createServer(createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false })).listen(port, '127.0.0.1');
} else {
  const { ApolloServer } = await import('@apollo/server');
  const { startStandaloneServer } = await import('@apollo/server/standalone');
  await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), { listen: { port, host: '127.0.0.1' } });
}
