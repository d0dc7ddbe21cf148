// @generated from migrations/control; `cargo test` says how to renew it.

diesel::table! {
    platform.dealer_actions (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        action -> Text,
        actor -> Text,
        reason -> Nullable<Text>,
        detail -> Nullable<Text>,
        at -> Timestamptz,
    }
}

diesel::table! {
    platform.dealer_changes (xid, dealer_id) {
        xid -> Int8,
        dealer_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    platform.dealers (id) {
        id -> Uuid,
        name -> Text,
        schema_name -> Text,
        status -> Text,
        currency -> Text,
        timezone -> Text,
        created_at -> Timestamptz,
        activated_at -> Nullable<Timestamptz>,
        schema_version -> Nullable<Text>,
        status_reason -> Nullable<Text>,
        status_changed_at -> Nullable<Timestamptz>,
        delete_after -> Nullable<Timestamptz>,
        drop_began_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.memberships (user_id, dealer_id) {
        user_id -> Uuid,
        dealer_id -> Uuid,
        role -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    platform.migration_failures (dealer_id) {
        dealer_id -> Uuid,
        cause -> Text,
        failed_at -> Timestamptz,
    }
}

diesel::table! {
    platform.schema_builds (dealer_id) {
        dealer_id -> Uuid,
        version -> Nullable<Text>,
        statements -> Int4,
    }
}

diesel::table! {
    platform.users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> Timestamptz,
    }
}

diesel::joinable!(dealer_actions -> dealers (dealer_id));
diesel::joinable!(memberships -> dealers (dealer_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(migration_failures -> dealers (dealer_id));
diesel::joinable!(schema_builds -> dealers (dealer_id));
diesel::allow_tables_to_appear_in_same_query!(
    dealer_actions,
    dealer_changes,
    dealers,
    memberships,
    migration_failures,
    schema_builds,
    users,
);
