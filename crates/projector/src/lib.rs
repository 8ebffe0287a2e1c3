//! The loop from log through book to tables: incremental and rebuilt.
