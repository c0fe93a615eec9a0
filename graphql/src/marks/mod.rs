//! 成績: what a class was marked on, what came of it, the marks of a term and the words beside them, and the closing of a term.
//!
//! From points to a mark it goes by `arithmetic` alone, by the rule of `scheme`; `computed` gathers what it needs, `decision` keeps what a
//! teacher says beside it, and `closing` keeps a term as it stood.
pub mod arithmetic;
pub mod assessment;
pub mod card;
pub mod closing;
mod computed;
pub mod decision;
mod member;
pub mod of_class;
pub mod of_pupil;
mod reached;
pub mod remark;
pub mod result;
pub mod scheme;
pub mod subject;
pub mod term;
pub mod tested;
