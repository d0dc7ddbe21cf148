//! Views of dealers' schemas, as diesel knows them. Columns of tables are generated; of
//! those of a view PostgreSQL does not know whether they may be null.

diesel::table! {
    audit_log (id) {
        id -> Int8,
        slot -> Int2,
        at -> Timestamptz,
        action -> Text,
        entity -> Text,
        entity_id -> Text,
        part -> Nullable<Text>,
        old -> Nullable<Jsonb>,
        new -> Nullable<Jsonb>,
        actor -> Text,
        impersonator -> Nullable<Text>,
        via -> Nullable<Text>,
        request_id -> Nullable<Uuid>,
        tx -> Int8,
    }
}
