//! Every test of the API, through the door: GraphQL to the real router.
automod::dir!("api");
