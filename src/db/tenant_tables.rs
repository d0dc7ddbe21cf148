// @generated from migrations/tenant; `cargo test` says how to renew it.

diesel::table! {
    attachments (id) {
        id -> Uuid,
        entity -> Text,
        entity_id -> Uuid,
        file_id -> Uuid,
        customer_id -> Nullable<Uuid>,
        is_public -> Bool,
        caption -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_log (id, slot) {
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

diesel::table! {
    audit_seals (number) {
        number -> Int8,
        kind -> Text,
        slot -> Int2,
        after_id -> Int8,
        last_id -> Int8,
        entries -> Bytea,
        entries_hash -> Bytea,
        hash -> Bytea,
        at -> Timestamptz,
    }
}

diesel::table! {
    bulk_errors (operation_id, number) {
        operation_id -> Uuid,
        number -> Int8,
        line -> Int8,
        field -> Nullable<Text>,
        code -> Text,
        message -> Text,
    }
}

diesel::table! {
    bulk_operations (id) {
        id -> Uuid,
        direction -> Text,
        kind -> Text,
        format -> Text,
        on_error -> Text,
        is_dry_run -> Bool,
        state -> Text,
        message -> Nullable<Text>,
        input_file_id -> Nullable<Uuid>,
        input_size -> Int8,
        output_file_id -> Nullable<Uuid>,
        error_file_id -> Nullable<Uuid>,
        place -> Int8,
        line -> Int8,
        created -> Int8,
        updated -> Int8,
        unchanged -> Int8,
        failed -> Int8,
        written -> Int8,
        started_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    categories (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        parent_id -> Nullable<Uuid>,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    customers (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        tax_id -> Nullable<Text>,
        terms_days -> Int2,
        credit_limit -> Numeric,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    event_counter (one) {
        one -> Int2,
        last -> Int8,
    }
}

diesel::table! {
    events (id) {
        id -> Int8,
        name -> Text,
        version -> Int2,
        entity -> Text,
        entity_id -> Uuid,
        customer_id -> Nullable<Uuid>,
        is_public -> Bool,
        payload -> Jsonb,
        actor -> Text,
        request_id -> Nullable<Uuid>,
        at -> Timestamptz,
    }
}

diesel::table! {
    file_usage (one) {
        one -> Int2,
        bytes -> Int8,
    }
}

diesel::table! {
    files (id) {
        id -> Uuid,
        name -> Text,
        content_type -> Text,
        size -> Int8,
        sha256 -> Nullable<Bytea>,
        state -> Text,
        expires_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        customer_id -> Uuid,
        code -> Text,
        name -> Text,
        address_line -> Text,
        city -> Text,
        po_number -> Nullable<Text>,
        status -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    kept_answers (id) {
        id -> Bytea,
        request -> Bytea,
        permissions -> Array<Text>,
        answer -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    product_units (product_id, unit_id) {
        product_id -> Uuid,
        unit_id -> Uuid,
        num -> Int8,
        den -> Int8,
        barcode -> Nullable<Text>,
    }
}

diesel::table! {
    products (id) {
        id -> Uuid,
        sku -> Text,
        name -> Text,
        description -> Nullable<Text>,
        kind -> Text,
        category_id -> Nullable<Uuid>,
        base_unit_id -> Uuid,
        list_price -> Numeric,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        search_text -> Text,
    }
}

diesel::table! {
    stock_levels (product_id, warehouse_id) {
        product_id -> Uuid,
        warehouse_id -> Uuid,
        on_hand -> Numeric,
        reserved -> Numeric,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    units (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        dimension -> Text,
        scale -> Int2,
        rec20_code -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    warehouses (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        kind -> Text,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(attachments -> files (file_id));
diesel::joinable!(bulk_errors -> bulk_operations (operation_id));
diesel::joinable!(jobs -> customers (customer_id));
diesel::joinable!(product_units -> products (product_id));
diesel::joinable!(product_units -> units (unit_id));
diesel::joinable!(products -> categories (category_id));
diesel::joinable!(products -> units (base_unit_id));
diesel::joinable!(stock_levels -> products (product_id));
diesel::joinable!(stock_levels -> warehouses (warehouse_id));
diesel::allow_tables_to_appear_in_same_query!(
    attachments,
    audit_log,
    audit_seals,
    bulk_errors,
    bulk_operations,
    categories,
    customers,
    event_counter,
    events,
    file_usage,
    files,
    jobs,
    kept_answers,
    product_units,
    products,
    stock_levels,
    units,
    warehouses,
);

/// The names of all tables.
pub const TABLES: &[&str] = &[
    "attachments",
    "audit_log",
    "audit_seals",
    "bulk_errors",
    "bulk_operations",
    "categories",
    "customers",
    "event_counter",
    "events",
    "file_usage",
    "files",
    "jobs",
    "kept_answers",
    "product_units",
    "products",
    "stock_levels",
    "units",
    "warehouses",
];
