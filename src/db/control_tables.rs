// @generated from migrations/control; `cargo test` says how to renew it.

diesel::table! {
    platform.api_keys (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        created_by -> Uuid,
        name -> Text,
        lookup -> Text,
        mac -> Bytea,
        scopes -> Array<Text>,
        addresses -> Array<Text>,
        epoch -> Int8,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        replaced_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    platform.audit_heads (schema_name) {
        schema_name -> Text,
        number -> Int8,
        hash -> Bytea,
    }
}

diesel::table! {
    platform.backup_codes (user_id, code_hash) {
        user_id -> Uuid,
        code_hash -> Bytea,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.cron_slots (name, slot) {
        name -> Text,
        slot -> Timestamptz,
        job_id -> Nullable<Uuid>,
        at -> Timestamptz,
    }
}

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
        token_epoch -> Int8,
        roles_version -> Int8,
        second_factor_required -> Bool,
        plan -> Text,
    }
}

diesel::table! {
    platform.drop_failures (dealer_id) {
        dealer_id -> Uuid,
        cause -> Text,
        failed_at -> Timestamptz,
    }
}

diesel::table! {
    platform.impersonations (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        user_id -> Uuid,
        operator -> Text,
        reason -> Text,
        read_only -> Bool,
        started_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    platform.invitations (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        email -> Text,
        roles -> Array<Text>,
        customer_id -> Nullable<Uuid>,
        invited_by -> Nullable<Uuid>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        accepted_by -> Nullable<Uuid>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.jobs (id) {
        id -> Uuid,
        dealer_id -> Nullable<Uuid>,
        kind -> Text,
        payload -> Jsonb,
        priority -> Int2,
        unique_key -> Nullable<Text>,
        state -> Text,
        run_at -> Timestamptz,
        attempts -> Int4,
        max_attempts -> Int4,
        again -> Bool,
        token -> Int8,
        worker -> Nullable<Text>,
        locked_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        heir_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    platform.login_attempts (subject) {
        subject -> Bytea,
        serial -> Int8,
        free_at -> Timestamptz,
        forgotten_at -> Timestamptz,
    }
}

diesel::table! {
    platform.login_challenges (id) {
        id -> Uuid,
        user_id -> Uuid,
        dealer_id -> Uuid,
        user_epoch -> Int8,
        methods -> Text,
        is_enrolment -> Bool,
        tries -> Int4,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.mails (id) {
        id -> Uuid,
        kind -> Text,
        email -> Text,
        user_id -> Nullable<Uuid>,
        dealer_id -> Nullable<Uuid>,
        invitation_id -> Nullable<Uuid>,
        peer_address -> Nullable<Text>,
        peer_name -> Nullable<Text>,
        created_at -> Timestamptz,
        due_at -> Timestamptz,
        expires_at -> Timestamptz,
        attempts -> Int4,
        state -> Text,
        finished_at -> Nullable<Timestamptz>,
        cause -> Nullable<Text>,
        webhook_endpoint_id -> Nullable<Uuid>,
        record_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    platform.memberships (user_id, dealer_id) {
        user_id -> Uuid,
        dealer_id -> Uuid,
        role -> Nullable<Text>,
        created_at -> Timestamptz,
        roles -> Array<Text>,
        customer_id -> Nullable<Uuid>,
        version -> Int4,
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
    platform.oauth_clients (id) {
        id -> Uuid,
        dealer_id -> Nullable<Uuid>,
        name -> Text,
        homepage -> Nullable<Text>,
        redirect_uris -> Array<Text>,
        scope -> Text,
        secret_mac -> Nullable<Bytea>,
        former_mac -> Nullable<Bytea>,
        former_until -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    platform.oauth_codes (code_hash) {
        code_hash -> Bytea,
        grant_id -> Uuid,
        user_epoch -> Int8,
        redirect_uri -> Text,
        challenge -> Text,
        scope -> Text,
        nonce -> Nullable<Text>,
        methods -> Text,
        authenticated_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        session_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    platform.oauth_grants (id) {
        id -> Uuid,
        client_id -> Uuid,
        user_id -> Uuid,
        dealer_id -> Uuid,
        scope -> Text,
        created_at -> Timestamptz,
        used_at -> Timestamptz,
    }
}

diesel::table! {
    platform.one_time_tokens (token_hash) {
        token_hash -> Bytea,
        purpose -> Text,
        email -> Text,
        user_id -> Nullable<Uuid>,
        invitation_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.phone_factors (user_id) {
        user_id -> Uuid,
        phone -> Nullable<Text>,
        confirmed_at -> Nullable<Timestamptz>,
        pending_phone -> Nullable<Text>,
        pending_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.retired_schemas (schema_name) {
        schema_name -> Text,
        dealer_id -> Nullable<Uuid>,
        purpose -> Text,
        retired_at -> Timestamptz,
        drop_after -> Timestamptz,
    }
}

diesel::table! {
    platform.revocations (xid, kind, subject) {
        xid -> Int8,
        kind -> Text,
        subject -> Uuid,
        epoch -> Int8,
        at -> Timestamptz,
    }
}

diesel::table! {
    platform.roles (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        name -> Text,
        description -> Nullable<Text>,
        permissions -> Array<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
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
    platform.security_events (id) {
        id -> Uuid,
        user_id -> Nullable<Uuid>,
        dealer_id -> Nullable<Uuid>,
        kind -> Text,
        detail -> Nullable<Text>,
        address -> Nullable<Text>,
        client_name -> Nullable<Text>,
        at -> Timestamptz,
    }
}

diesel::table! {
    platform.sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        dealer_id -> Uuid,
        token_hash -> Bytea,
        seed -> Bytea,
        generation -> Int4,
        rotated_at -> Timestamptz,
        methods -> Text,
        authenticated_at -> Timestamptz,
        client_name -> Nullable<Text>,
        address -> Nullable<Text>,
        created_at -> Timestamptz,
        idle_until -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_cause -> Nullable<Text>,
        grant_id -> Nullable<Uuid>,
        scope -> Nullable<Text>,
    }
}

diesel::table! {
    platform.signing_keys (kid) {
        kid -> Text,
        seed_sealed -> Bytea,
        created_at -> Timestamptz,
        active_from -> Timestamptz,
        retired_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.text_messages (id) {
        id -> Uuid,
        kind -> Text,
        phone -> Text,
        user_id -> Uuid,
        dealer_id -> Nullable<Uuid>,
        subject -> Uuid,
        created_at -> Timestamptz,
        due_at -> Timestamptz,
        expires_at -> Timestamptz,
        attempts -> Int4,
        state -> Text,
        cause -> Nullable<Text>,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.totp_factors (user_id) {
        user_id -> Uuid,
        secret_sealed -> Nullable<Bytea>,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Int8,
        pending_sealed -> Nullable<Bytea>,
        pending_until -> Nullable<Timestamptz>,
        tries -> Int4,
        tries_until -> Timestamptz,
    }
}

diesel::table! {
    platform.trusted_operations (sha256) {
        sha256 -> Text,
        document -> Text,
        name -> Nullable<Text>,
        imported_at -> Timestamptz,
    }
}

diesel::table! {
    platform.users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> Timestamptz,
        epoch -> Int8,
        email_verified_at -> Nullable<Timestamptz>,
        password_changed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.webhook_attempts (delivery_id, number) {
        delivery_id -> Uuid,
        number -> Int4,
        at -> Timestamptz,
        took_ms -> Int4,
        status -> Nullable<Int2>,
        fault -> Nullable<Text>,
        answer -> Nullable<Text>,
    }
}

diesel::table! {
    platform.webhook_deliveries (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        endpoint_id -> Uuid,
        message_id -> Text,
        event_id -> Nullable<Int8>,
        event -> Text,
        happened_at -> Timestamptz,
        body -> Text,
        state -> Text,
        due_at -> Timestamptz,
        attempts -> Int4,
        tries -> Int4,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    platform.webhook_endpoints (id) {
        id -> Uuid,
        dealer_id -> Uuid,
        created_by -> Nullable<Uuid>,
        url -> Text,
        description -> Nullable<Text>,
        events -> Array<Text>,
        state -> Text,
        version -> Int4,
        since_event -> Int8,
        due_at -> Nullable<Timestamptz>,
        failures -> Int4,
        failing_since -> Nullable<Timestamptz>,
        resting_until -> Nullable<Timestamptz>,
        warned_at -> Nullable<Timestamptz>,
        last_success_at -> Nullable<Timestamptz>,
        last_failure_at -> Nullable<Timestamptz>,
        delivered -> Int8,
        failed -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    platform.webhook_feeds (dealer_id) {
        dealer_id -> Uuid,
        delivered_through -> Int8,
        look_at -> Timestamptz,
    }
}

diesel::table! {
    platform.webhook_secrets (id) {
        id -> Uuid,
        endpoint_id -> Uuid,
        signature -> Text,
        sealed -> Bytea,
        public_key -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(api_keys -> dealers (dealer_id));
diesel::joinable!(api_keys -> users (created_by));
diesel::joinable!(backup_codes -> users (user_id));
diesel::joinable!(dealer_actions -> dealers (dealer_id));
diesel::joinable!(drop_failures -> dealers (dealer_id));
diesel::joinable!(impersonations -> dealers (dealer_id));
diesel::joinable!(impersonations -> users (user_id));
diesel::joinable!(invitations -> dealers (dealer_id));
diesel::joinable!(login_challenges -> dealers (dealer_id));
diesel::joinable!(login_challenges -> users (user_id));
diesel::joinable!(mails -> dealers (dealer_id));
diesel::joinable!(mails -> invitations (invitation_id));
diesel::joinable!(mails -> users (user_id));
diesel::joinable!(mails -> webhook_endpoints (webhook_endpoint_id));
diesel::joinable!(memberships -> dealers (dealer_id));
diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(migration_failures -> dealers (dealer_id));
diesel::joinable!(oauth_clients -> dealers (dealer_id));
diesel::joinable!(oauth_codes -> oauth_grants (grant_id));
diesel::joinable!(oauth_codes -> sessions (session_id));
diesel::joinable!(oauth_grants -> oauth_clients (client_id));
diesel::joinable!(one_time_tokens -> invitations (invitation_id));
diesel::joinable!(one_time_tokens -> users (user_id));
diesel::joinable!(phone_factors -> users (user_id));
diesel::joinable!(retired_schemas -> dealers (dealer_id));
diesel::joinable!(roles -> dealers (dealer_id));
diesel::joinable!(schema_builds -> dealers (dealer_id));
diesel::joinable!(sessions -> dealers (dealer_id));
diesel::joinable!(sessions -> oauth_grants (grant_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(text_messages -> dealers (dealer_id));
diesel::joinable!(text_messages -> users (user_id));
diesel::joinable!(totp_factors -> users (user_id));
diesel::joinable!(webhook_attempts -> webhook_deliveries (delivery_id));
diesel::joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));
diesel::joinable!(webhook_endpoints -> dealers (dealer_id));
diesel::joinable!(webhook_endpoints -> users (created_by));
diesel::joinable!(webhook_feeds -> dealers (dealer_id));
diesel::joinable!(webhook_secrets -> webhook_endpoints (endpoint_id));
crate::db::in_one_query::in_one_query!(
    api_keys,
    audit_heads,
    backup_codes,
    cron_slots,
    dealer_actions,
    dealer_changes,
    dealers,
    drop_failures,
    impersonations,
    invitations,
    jobs,
    login_attempts,
    login_challenges,
    mails,
    memberships,
    migration_failures,
    oauth_clients,
    oauth_codes,
    oauth_grants,
    one_time_tokens,
    phone_factors,
    retired_schemas,
    revocations,
    roles,
    schema_builds,
    security_events,
    sessions,
    signing_keys,
    text_messages,
    totp_factors,
    trusted_operations,
    users,
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
    webhook_feeds,
    webhook_secrets,
);
