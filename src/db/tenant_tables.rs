// @generated from migrations/tenant; `cargo test` says how to renew it.

diesel::table! {
    account_entries (id) {
        id -> Uuid,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        kind -> Text,
        reference -> Nullable<Text>,
        note -> Nullable<Text>,
        amount -> Numeric,
        document_on -> Date,
        due_on -> Date,
        source_id -> Nullable<Uuid>,
        reverses_id -> Nullable<Uuid>,
        posted_by -> Nullable<Uuid>,
        posted_at -> Timestamptz,
    }
}

diesel::table! {
    account_items (entry_id) {
        entry_id -> Uuid,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        amount -> Numeric,
        allocated -> Numeric,
        document_on -> Date,
        due_on -> Date,
        settled_on -> Nullable<Date>,
    }
}

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
    attributes (id) {
        id -> Uuid,
        category_id -> Uuid,
        code -> Text,
        name -> Text,
        kind -> Text,
        unit_id -> Nullable<Uuid>,
        choices -> Nullable<Array<Text>>,
        is_required -> Bool,
        is_filterable -> Bool,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    audit_log_0 (id) {
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
    audit_log_1 (id) {
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
    audit_log_2 (id) {
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
    credit_commitments (source_type, source_id) {
        source_type -> Text,
        source_id -> Uuid,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        bucket -> Text,
        amount -> Numeric,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    credit_overrides (id) {
        id -> Uuid,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        amount -> Numeric,
        reason -> Text,
        granted_by -> Nullable<Uuid>,
        granted_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        used_amount -> Nullable<Numeric>,
    }
}

diesel::table! {
    credit_settings (one) {
        one -> Int2,
        overdue_days -> Nullable<Int2>,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    customer_contacts (id) {
        id -> Uuid,
        customer_id -> Uuid,
        name -> Text,
        role -> Nullable<Text>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        user_id -> Nullable<Uuid>,
        order_limit -> Nullable<Numeric>,
        approves_orders -> Bool,
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
        price_list_id -> Nullable<Uuid>,
        credit_check -> Text,
        credit_limit_reason -> Nullable<Text>,
        hold_reason -> Nullable<Text>,
        held_at -> Nullable<Timestamptz>,
        address_line -> Nullable<Text>,
        city -> Nullable<Text>,
        postcode -> Nullable<Text>,
        country -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        notes -> Nullable<Text>,
    }
}

diesel::table! {
    deliveries (id) {
        id -> Uuid,
        number -> Int8,
        order_id -> Uuid,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        warehouse_id -> Uuid,
        run_id -> Nullable<Uuid>,
        stop -> Nullable<Int4>,
        method -> Text,
        state -> Text,
        planned_on -> Date,
        address_line -> Nullable<Text>,
        city -> Nullable<Text>,
        postcode -> Nullable<Text>,
        instructions -> Nullable<Text>,
        note -> Nullable<Text>,
        signer -> Nullable<Text>,
        failure_reason -> Nullable<Text>,
        dispatched_at -> Nullable<Timestamptz>,
        delivered_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    delivery_lines (id) {
        id -> Uuid,
        delivery_id -> Uuid,
        customer_id -> Uuid,
        position -> Int4,
        order_line_id -> Uuid,
        product_id -> Uuid,
        unit_id -> Uuid,
        num -> Int8,
        den -> Int8,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        delivered -> Nullable<Numeric>,
        weight -> Nullable<Numeric>,
        cost -> Nullable<Numeric>,
    }
}

diesel::table! {
    delivery_runs (id) {
        id -> Uuid,
        number -> Int8,
        warehouse_id -> Uuid,
        truck -> Text,
        driver -> Nullable<Uuid>,
        runs_on -> Date,
        state -> Text,
        note -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    document_counters (kind) {
        kind -> Text,
        last -> Int8,
    }
}

diesel::table! {
    entry_allocations (id) {
        id -> Uuid,
        customer_id -> Uuid,
        credit_entry_id -> Uuid,
        debit_entry_id -> Uuid,
        amount -> Numeric,
        undoes_id -> Nullable<Uuid>,
        allocated_on -> Date,
        allocated_by -> Nullable<Uuid>,
        allocated_at -> Timestamptz,
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
    goods_receipt_costs (id) {
        id -> Uuid,
        receipt_id -> Uuid,
        position -> Int4,
        kind -> Text,
        basis -> Text,
        amount -> Numeric,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    goods_receipt_lines (id) {
        id -> Uuid,
        receipt_id -> Uuid,
        position -> Int4,
        order_line_id -> Uuid,
        product_id -> Uuid,
        unit_id -> Uuid,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        weight -> Nullable<Numeric>,
        goods_cost -> Numeric,
        landed_cost -> Numeric,
    }
}

diesel::table! {
    goods_receipts (id) {
        id -> Uuid,
        number -> Int8,
        order_id -> Uuid,
        supplier_id -> Uuid,
        warehouse_id -> Uuid,
        delivery_note -> Nullable<Text>,
        note -> Nullable<Text>,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    invoice_lines (id) {
        id -> Uuid,
        invoice_id -> Uuid,
        customer_id -> Uuid,
        position -> Int4,
        is_posted -> Bool,
        order_line_id -> Nullable<Uuid>,
        delivery_line_id -> Nullable<Uuid>,
        credits_id -> Nullable<Uuid>,
        credits_line_id -> Nullable<Uuid>,
        product_id -> Nullable<Uuid>,
        description -> Text,
        unit_id -> Nullable<Uuid>,
        num -> Int8,
        den -> Int8,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        unit_price -> Numeric,
        price_unit_id -> Nullable<Uuid>,
        price_num -> Int8,
        price_den -> Int8,
        discount -> Numeric,
        net -> Numeric,
        tax_rate -> Numeric,
        tax -> Numeric,
        cost -> Nullable<Numeric>,
        is_rebilled -> Bool,
    }
}

diesel::table! {
    invoice_mails (id) {
        id -> Uuid,
        invoice_id -> Uuid,
        customer_id -> Uuid,
        sent_to -> Text,
        sent_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invoice_settings (id) {
        id -> Uuid,
        version -> Int4,
        is_mailed -> Bool,
        name -> Nullable<Text>,
        tax_id -> Nullable<Text>,
        address_line -> Nullable<Text>,
        city -> Nullable<Text>,
        postcode -> Nullable<Text>,
        country -> Nullable<Text>,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        payment_details -> Nullable<Text>,
        footer -> Nullable<Text>,
        logo_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    invoices (id) {
        id -> Uuid,
        kind -> Text,
        state -> Text,
        number -> Nullable<Int8>,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        credits_id -> Nullable<Uuid>,
        currency -> Text,
        name -> Text,
        tax_id -> Nullable<Text>,
        address_line -> Nullable<Text>,
        city -> Nullable<Text>,
        postcode -> Nullable<Text>,
        country -> Nullable<Text>,
        reference -> Nullable<Text>,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        issued_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        net -> Numeric,
        tax -> Numeric,
        entry_id -> Nullable<Uuid>,
        posted_by -> Nullable<Uuid>,
        posted_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        settings_id -> Nullable<Uuid>,
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
        price_list_id -> Nullable<Uuid>,
        credit_limit -> Nullable<Numeric>,
        credit_limit_reason -> Nullable<Text>,
        hold_reason -> Nullable<Text>,
        held_at -> Nullable<Timestamptz>,
        postcode -> Nullable<Text>,
        site_instructions -> Nullable<Text>,
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
    lot_levels (lot_id, warehouse_id) {
        lot_id -> Uuid,
        warehouse_id -> Uuid,
        on_hand -> Numeric,
    }
}

diesel::table! {
    lot_movements (movement_id, lot_id) {
        movement_id -> Uuid,
        lot_id -> Uuid,
        quantity -> Numeric,
    }
}

diesel::table! {
    lot_products (product_id) {
        product_id -> Uuid,
        since -> Timestamptz,
    }
}

diesel::table! {
    lots (id) {
        id -> Uuid,
        product_id -> Uuid,
        code -> Text,
        expires_on -> Date,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    order_lines (id) {
        id -> Uuid,
        order_id -> Uuid,
        customer_id -> Uuid,
        position -> Int4,
        product_id -> Uuid,
        unit_id -> Uuid,
        num -> Int8,
        den -> Int8,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        unit_price -> Numeric,
        price_unit_id -> Uuid,
        price_num -> Int8,
        price_den -> Int8,
        price_source -> Text,
        price_rule_id -> Nullable<Uuid>,
        price_reason -> Nullable<Text>,
        discount -> Numeric,
        net -> Numeric,
        tax_rate -> Numeric,
        sourcing -> Text,
        warehouse_id -> Nullable<Uuid>,
        chooses_warehouse -> Bool,
        purchase_line_id -> Nullable<Uuid>,
        planned -> Numeric,
        delivered -> Numeric,
        invoiced -> Numeric,
        invoiced_net -> Numeric,
        invoiced_tax -> Numeric,
        returned -> Numeric,
        cancelled -> Numeric,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    orders (id) {
        id -> Uuid,
        number -> Int8,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        quote_id -> Nullable<Uuid>,
        state -> Text,
        warehouse_id -> Uuid,
        currency -> Text,
        wanted_on -> Nullable<Date>,
        is_pickup -> Bool,
        address_line -> Nullable<Text>,
        city -> Nullable<Text>,
        postcode -> Nullable<Text>,
        instructions -> Nullable<Text>,
        reference -> Nullable<Text>,
        note -> Nullable<Text>,
        hold_reason -> Nullable<Text>,
        held_at -> Nullable<Timestamptz>,
        net -> Numeric,
        tax -> Numeric,
        salesperson -> Nullable<Uuid>,
        fulfilment -> Text,
        billing -> Text,
        confirmed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        placed_by -> Nullable<Uuid>,
        approval -> Nullable<Text>,
        approval_by -> Nullable<Uuid>,
        approval_reason -> Nullable<Text>,
    }
}

diesel::table! {
    payment_reminder_settings (one) {
        one -> Int2,
        is_on -> Bool,
        first_after_days -> Int2,
        second_after_days -> Nullable<Int2>,
        third_after_days -> Nullable<Int2>,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    payment_reminders (id) {
        id -> Uuid,
        customer_id -> Uuid,
        level -> Int2,
        amount -> Numeric,
        oldest_due_on -> Date,
        sent_on -> Date,
        sent_to -> Nullable<Text>,
        superseded_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    payments (id) {
        id -> Uuid,
        number -> Int8,
        direction -> Text,
        state -> Text,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        order_id -> Nullable<Uuid>,
        method -> Text,
        amount -> Numeric,
        currency -> Text,
        paid_on -> Date,
        external_ref -> Nullable<Text>,
        note -> Nullable<Text>,
        entry_id -> Uuid,
        reversal_reason -> Nullable<Text>,
        recorded_by -> Nullable<Uuid>,
        reconciled_at -> Nullable<Timestamptz>,
        reversed_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    price_lists (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        currency -> Text,
        priority -> Int4,
        is_default -> Bool,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    price_rules (id) {
        id -> Uuid,
        price_list_id -> Nullable<Uuid>,
        customer_id -> Nullable<Uuid>,
        job_id -> Nullable<Uuid>,
        product_id -> Nullable<Uuid>,
        category_id -> Nullable<Uuid>,
        unit_id -> Nullable<Uuid>,
        min_quantity -> Numeric,
        min_unit_id -> Nullable<Uuid>,
        method -> Text,
        value -> Numeric,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    product_attributes (product_id, attribute_id) {
        product_id -> Uuid,
        attribute_id -> Uuid,
        text_value -> Nullable<Text>,
        number_value -> Nullable<Numeric>,
        flag_value -> Nullable<Bool>,
    }
}

diesel::table! {
    product_barcodes (product_id, unit_id, scanned) {
        product_id -> Uuid,
        unit_id -> Uuid,
        barcode -> Text,
        scanned -> Text,
        created_at -> Timestamptz,
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
        tax_class_id -> Nullable<Uuid>,
        standard_cost -> Nullable<Numeric>,
    }
}

diesel::table! {
    purchase_order_lines (id) {
        id -> Uuid,
        order_id -> Uuid,
        position -> Int4,
        product_id -> Uuid,
        unit_id -> Uuid,
        num -> Int8,
        den -> Int8,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        unit_cost -> Numeric,
        received -> Numeric,
        is_open -> Bool,
        expected_on -> Nullable<Date>,
    }
}

diesel::table! {
    purchase_orders (id) {
        id -> Uuid,
        number -> Int8,
        supplier_id -> Uuid,
        warehouse_id -> Uuid,
        state -> Text,
        currency -> Text,
        reference -> Nullable<Text>,
        note -> Nullable<Text>,
        sent_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    quote_lines (id) {
        id -> Uuid,
        quote_id -> Uuid,
        customer_id -> Uuid,
        position -> Int4,
        product_id -> Uuid,
        unit_id -> Uuid,
        num -> Int8,
        den -> Int8,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        unit_price -> Numeric,
        price_unit_id -> Uuid,
        price_num -> Int8,
        price_den -> Int8,
        price_source -> Text,
        price_rule_id -> Nullable<Uuid>,
        price_reason -> Nullable<Text>,
        discount -> Numeric,
        net -> Numeric,
        tax_rate -> Numeric,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    quotes (id) {
        id -> Uuid,
        number -> Int8,
        revision -> Int4,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        state -> Text,
        warehouse_id -> Nullable<Uuid>,
        currency -> Text,
        valid_until -> Date,
        reference -> Nullable<Text>,
        note -> Nullable<Text>,
        answer_reason -> Nullable<Text>,
        net -> Numeric,
        tax -> Numeric,
        salesperson -> Nullable<Uuid>,
        sent_at -> Nullable<Timestamptz>,
        answered_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    return_lines (id) {
        id -> Uuid,
        return_id -> Uuid,
        customer_id -> Uuid,
        position -> Int4,
        order_line_id -> Uuid,
        product_id -> Uuid,
        unit_id -> Uuid,
        num -> Int8,
        den -> Int8,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        resaleable -> Numeric,
        spoilt -> Numeric,
        restocking_fee -> Numeric,
    }
}

diesel::table! {
    returns (id) {
        id -> Uuid,
        number -> Int8,
        order_id -> Uuid,
        customer_id -> Uuid,
        job_id -> Nullable<Uuid>,
        warehouse_id -> Uuid,
        state -> Text,
        reason -> Text,
        answer -> Nullable<Text>,
        credit_note_id -> Nullable<Uuid>,
        approved_at -> Nullable<Timestamptz>,
        received_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sales_by_buyer (day, customer_id, job_id, salesperson) {
        day -> Date,
        customer_id -> Uuid,
        job_id -> Uuid,
        salesperson -> Uuid,
        net -> Numeric,
        costed_net -> Numeric,
        cost -> Numeric,
        lines -> Int8,
    }
}

diesel::table! {
    sales_by_day (day) {
        day -> Date,
        net -> Numeric,
        costed_net -> Numeric,
        cost -> Numeric,
        lines -> Int8,
    }
}

diesel::table! {
    sales_by_product (day, product_id) {
        day -> Date,
        product_id -> Uuid,
        net -> Numeric,
        costed_net -> Numeric,
        cost -> Numeric,
        quantity -> Numeric,
        lines -> Int8,
    }
}

diesel::table! {
    search_words (word) {
        word -> Text,
        forms -> Array<Text>,
    }
}

diesel::table! {
    stock_count_lines (id) {
        id -> Uuid,
        count_id -> Uuid,
        position -> Int4,
        product_id -> Uuid,
        warehouse_id -> Uuid,
        is_open -> Bool,
        watermark -> Int8,
        expected -> Numeric,
        counted -> Nullable<Numeric>,
        counted_at -> Nullable<Timestamptz>,
        variance_value -> Nullable<Numeric>,
        version -> Int4,
    }
}

diesel::table! {
    stock_counts (id) {
        id -> Uuid,
        number -> Int8,
        warehouse_id -> Uuid,
        state -> Text,
        note -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    stock_levels (product_id, warehouse_id) {
        product_id -> Uuid,
        warehouse_id -> Uuid,
        on_hand -> Numeric,
        reserved -> Numeric,
        updated_at -> Timestamptz,
        value -> Numeric,
        last_cost -> Numeric,
        movements -> Int8,
        may_be_negative -> Bool,
        reorder_point -> Nullable<Numeric>,
        reorder_quantity -> Nullable<Numeric>,
    }
}

diesel::table! {
    stock_movements (id) {
        id -> Uuid,
        product_id -> Uuid,
        warehouse_id -> Uuid,
        number -> Int8,
        kind -> Text,
        quantity -> Numeric,
        value -> Numeric,
        on_hand -> Numeric,
        on_hand_value -> Numeric,
        source -> Nullable<Text>,
        source_id -> Nullable<Uuid>,
        source_line -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        note -> Nullable<Text>,
        at -> Timestamptz,
    }
}

diesel::table! {
    stock_reservations (id) {
        id -> Uuid,
        product_id -> Uuid,
        warehouse_id -> Uuid,
        quantity -> Numeric,
        open -> Numeric,
        unit_id -> Uuid,
        unit_quantity -> Numeric,
        source -> Text,
        source_id -> Uuid,
        reason -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    stock_transfer_lines (id) {
        id -> Uuid,
        transfer_id -> Uuid,
        position -> Int4,
        product_id -> Uuid,
        unit_id -> Uuid,
        unit_quantity -> Numeric,
        quantity -> Numeric,
        received -> Nullable<Numeric>,
    }
}

diesel::table! {
    stock_transfers (id) {
        id -> Uuid,
        number -> Int8,
        from_id -> Uuid,
        to_id -> Uuid,
        state -> Text,
        transit_id -> Nullable<Uuid>,
        note -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        due_on -> Nullable<Date>,
    }
}

diesel::table! {
    supplier_items (id) {
        id -> Uuid,
        supplier_id -> Uuid,
        product_id -> Uuid,
        sku -> Nullable<Text>,
        unit_id -> Uuid,
        lead_days -> Nullable<Int2>,
        min_quantity -> Numeric,
        last_cost -> Nullable<Numeric>,
        is_preferred -> Bool,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        sku_lowered -> Nullable<Text>,
    }
}

diesel::table! {
    suppliers (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        tax_id -> Nullable<Text>,
        terms_days -> Int2,
        lead_days -> Int2,
        tolerance -> Numeric,
        address_line -> Nullable<Text>,
        city -> Nullable<Text>,
        postcode -> Nullable<Text>,
        country -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        notes -> Nullable<Text>,
        archived_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tax_classes (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    tax_rates (id) {
        id -> Uuid,
        tax_class_id -> Uuid,
        region -> Text,
        rate -> Numeric,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamptz,
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

diesel::joinable!(account_entries -> customers (customer_id));
diesel::joinable!(account_items -> account_entries (entry_id));
diesel::joinable!(attachments -> files (file_id));
diesel::joinable!(attributes -> categories (category_id));
diesel::joinable!(attributes -> units (unit_id));
diesel::joinable!(bulk_errors -> bulk_operations (operation_id));
diesel::joinable!(credit_commitments -> customers (customer_id));
diesel::joinable!(credit_overrides -> customers (customer_id));
diesel::joinable!(customer_contacts -> customers (customer_id));
diesel::joinable!(customers -> price_lists (price_list_id));
diesel::joinable!(deliveries -> delivery_runs (run_id));
diesel::joinable!(deliveries -> orders (order_id));
diesel::joinable!(deliveries -> warehouses (warehouse_id));
diesel::joinable!(delivery_lines -> deliveries (delivery_id));
diesel::joinable!(delivery_lines -> order_lines (order_line_id));
diesel::joinable!(delivery_lines -> products (product_id));
diesel::joinable!(delivery_lines -> units (unit_id));
diesel::joinable!(delivery_runs -> warehouses (warehouse_id));
diesel::joinable!(goods_receipt_costs -> goods_receipts (receipt_id));
diesel::joinable!(goods_receipt_lines -> goods_receipts (receipt_id));
diesel::joinable!(goods_receipt_lines -> products (product_id));
diesel::joinable!(goods_receipt_lines -> purchase_order_lines (order_line_id));
diesel::joinable!(goods_receipt_lines -> units (unit_id));
diesel::joinable!(goods_receipts -> purchase_orders (order_id));
diesel::joinable!(goods_receipts -> suppliers (supplier_id));
diesel::joinable!(goods_receipts -> warehouses (warehouse_id));
diesel::joinable!(invoice_lines -> delivery_lines (delivery_line_id));
diesel::joinable!(invoice_lines -> order_lines (order_line_id));
diesel::joinable!(invoice_lines -> products (product_id));
diesel::joinable!(invoice_mails -> customers (customer_id));
diesel::joinable!(invoice_mails -> invoices (invoice_id));
diesel::joinable!(invoices -> account_entries (entry_id));
diesel::joinable!(invoices -> customers (customer_id));
diesel::joinable!(invoices -> invoice_settings (settings_id));
diesel::joinable!(jobs -> customers (customer_id));
diesel::joinable!(jobs -> price_lists (price_list_id));
diesel::joinable!(lot_levels -> lots (lot_id));
diesel::joinable!(lot_levels -> warehouses (warehouse_id));
diesel::joinable!(lot_movements -> lots (lot_id));
diesel::joinable!(lot_movements -> stock_movements (movement_id));
diesel::joinable!(lot_products -> products (product_id));
diesel::joinable!(lots -> products (product_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(order_lines -> products (product_id));
diesel::joinable!(order_lines -> purchase_order_lines (purchase_line_id));
diesel::joinable!(order_lines -> warehouses (warehouse_id));
diesel::joinable!(orders -> customers (customer_id));
diesel::joinable!(orders -> quotes (quote_id));
diesel::joinable!(orders -> warehouses (warehouse_id));
diesel::joinable!(payment_reminders -> customers (customer_id));
diesel::joinable!(payments -> account_entries (entry_id));
diesel::joinable!(payments -> customers (customer_id));
diesel::joinable!(payments -> orders (order_id));
diesel::joinable!(price_rules -> categories (category_id));
diesel::joinable!(price_rules -> customers (customer_id));
diesel::joinable!(price_rules -> jobs (job_id));
diesel::joinable!(price_rules -> price_lists (price_list_id));
diesel::joinable!(price_rules -> products (product_id));
diesel::joinable!(product_attributes -> attributes (attribute_id));
diesel::joinable!(product_attributes -> products (product_id));
diesel::joinable!(product_units -> products (product_id));
diesel::joinable!(product_units -> units (unit_id));
diesel::joinable!(products -> categories (category_id));
diesel::joinable!(products -> tax_classes (tax_class_id));
diesel::joinable!(products -> units (base_unit_id));
diesel::joinable!(purchase_order_lines -> products (product_id));
diesel::joinable!(purchase_order_lines -> purchase_orders (order_id));
diesel::joinable!(purchase_order_lines -> units (unit_id));
diesel::joinable!(purchase_orders -> suppliers (supplier_id));
diesel::joinable!(purchase_orders -> warehouses (warehouse_id));
diesel::joinable!(quote_lines -> products (product_id));
diesel::joinable!(quote_lines -> quotes (quote_id));
diesel::joinable!(quotes -> customers (customer_id));
diesel::joinable!(quotes -> warehouses (warehouse_id));
diesel::joinable!(return_lines -> order_lines (order_line_id));
diesel::joinable!(return_lines -> products (product_id));
diesel::joinable!(return_lines -> returns (return_id));
diesel::joinable!(return_lines -> units (unit_id));
diesel::joinable!(returns -> invoices (credit_note_id));
diesel::joinable!(returns -> orders (order_id));
diesel::joinable!(returns -> warehouses (warehouse_id));
diesel::joinable!(stock_count_lines -> products (product_id));
diesel::joinable!(stock_count_lines -> stock_counts (count_id));
diesel::joinable!(stock_count_lines -> warehouses (warehouse_id));
diesel::joinable!(stock_counts -> warehouses (warehouse_id));
diesel::joinable!(stock_levels -> products (product_id));
diesel::joinable!(stock_levels -> warehouses (warehouse_id));
diesel::joinable!(stock_reservations -> units (unit_id));
diesel::joinable!(stock_transfer_lines -> products (product_id));
diesel::joinable!(stock_transfer_lines -> stock_transfers (transfer_id));
diesel::joinable!(stock_transfer_lines -> units (unit_id));
diesel::joinable!(supplier_items -> products (product_id));
diesel::joinable!(supplier_items -> suppliers (supplier_id));
diesel::joinable!(supplier_items -> units (unit_id));
diesel::joinable!(tax_rates -> tax_classes (tax_class_id));
crate::db::in_one_query::in_one_query!(
    account_entries,
    account_items,
    attachments,
    attributes,
    audit_log_0,
    audit_log_1,
    audit_log_2,
    audit_seals,
    bulk_errors,
    bulk_operations,
    categories,
    credit_commitments,
    credit_overrides,
    credit_settings,
    customer_contacts,
    customers,
    deliveries,
    delivery_lines,
    delivery_runs,
    document_counters,
    entry_allocations,
    event_counter,
    events,
    file_usage,
    files,
    goods_receipt_costs,
    goods_receipt_lines,
    goods_receipts,
    invoice_lines,
    invoice_mails,
    invoice_settings,
    invoices,
    jobs,
    kept_answers,
    lot_levels,
    lot_movements,
    lot_products,
    lots,
    order_lines,
    orders,
    payment_reminder_settings,
    payment_reminders,
    payments,
    price_lists,
    price_rules,
    product_attributes,
    product_barcodes,
    product_units,
    products,
    purchase_order_lines,
    purchase_orders,
    quote_lines,
    quotes,
    return_lines,
    returns,
    sales_by_buyer,
    sales_by_day,
    sales_by_product,
    search_words,
    stock_count_lines,
    stock_counts,
    stock_levels,
    stock_movements,
    stock_reservations,
    stock_transfer_lines,
    stock_transfers,
    supplier_items,
    suppliers,
    tax_classes,
    tax_rates,
    units,
    warehouses,
);

/// The names of all tables.
pub const TABLES: &[&str] = &[
    "account_entries",
    "account_items",
    "attachments",
    "attributes",
    "audit_log_0",
    "audit_log_1",
    "audit_log_2",
    "audit_seals",
    "bulk_errors",
    "bulk_operations",
    "categories",
    "credit_commitments",
    "credit_overrides",
    "credit_settings",
    "customer_contacts",
    "customers",
    "deliveries",
    "delivery_lines",
    "delivery_runs",
    "document_counters",
    "entry_allocations",
    "event_counter",
    "events",
    "file_usage",
    "files",
    "goods_receipt_costs",
    "goods_receipt_lines",
    "goods_receipts",
    "invoice_lines",
    "invoice_mails",
    "invoice_settings",
    "invoices",
    "jobs",
    "kept_answers",
    "lot_levels",
    "lot_movements",
    "lot_products",
    "lots",
    "order_lines",
    "orders",
    "payment_reminder_settings",
    "payment_reminders",
    "payments",
    "price_lists",
    "price_rules",
    "product_attributes",
    "product_barcodes",
    "product_units",
    "products",
    "purchase_order_lines",
    "purchase_orders",
    "quote_lines",
    "quotes",
    "return_lines",
    "returns",
    "sales_by_buyer",
    "sales_by_day",
    "sales_by_product",
    "search_words",
    "stock_count_lines",
    "stock_counts",
    "stock_levels",
    "stock_movements",
    "stock_reservations",
    "stock_transfer_lines",
    "stock_transfers",
    "supplier_items",
    "suppliers",
    "tax_classes",
    "tax_rates",
    "units",
    "warehouses",
];
