//! Rules over words, for dates and quantities: words with their classes, and patterns of them.

pub mod patterns;
pub mod tokens;
pub mod vocabulary;
