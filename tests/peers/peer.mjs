// A server as somebody would write it by hand: `node peer.mjs yoga|apollo` listens on PORT, writes to and reads from DATABASE_URL. It keeps activities
// alone and reads one class: no totals, no answer for each item, no sign-in, no rights.
import { createServer } from 'node:http';
import pg from 'pg';
import { loaders, resolvers as read, typeDefs as asked } from './reading.mjs';
import { record, typeDefs as recorded } from './record.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 });
const typeDefs = ['type Query { ready: Boolean! }', recorded.replace('extend type Mutation', 'type Mutation'), asked];
const resolvers = {
  ...read,
  Query: { ...read.Query, ready: () => true },
  Mutation: { recordActivities: (_, { input }) => record(pool, input) },
};
const context = async () => loaders(pool);
const port = Number(process.env.PORT);

if (process.argv[2] === 'yoga') {
  const { createSchema, createYoga } = await import('graphql-yoga');
  createServer(createYoga({ schema: createSchema({ typeDefs, resolvers }), context, logging: false })).listen(port, '127.0.0.1');
} else {
  const { ApolloServer } = await import('@apollo/server');
  const { startStandaloneServer } = await import('@apollo/server/standalone');
  await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), { context, listen: { port, host: '127.0.0.1' } });
}
