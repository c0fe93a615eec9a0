//! Ids on the wire: GraphQL `ID`s whose value is the record's UUID.
use async_graphql::ID;
use uuid::Uuid;

/// The UUID of an id; what is no UUID is nobody's id.
pub(crate) fn parse(id: &ID) -> Option<Uuid> {
    Uuid::try_parse(id).ok()
}

/// The `ID` of a record.
pub(crate) fn of(id: Uuid) -> ID {
    ID(id.to_string())
}
