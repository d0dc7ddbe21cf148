-- The only ways into the audit logs of dealers (docs/adr/0030). PL/pgSQL compiles a trigger's function
-- once for each trigger that a session has met, so the one that triggers call has nothing to
-- compile; the other is compiled once, and plans its one dynamic statement for the row at hand.

-- Adds a row to the log of a schema. Whoever sets no actor writes nothing.
CREATE FUNCTION spine.audit_put(
    home text, deed text, what text, which text, portion text, was jsonb, becomes jsonb
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    doer text := nullif(current_setting('tubex.actor', true), '');
    moment timestamptz := clock_timestamp();
    local timestamp := moment AT TIME ZONE 'UTC';
    -- Eight months in three tables, in turn.
    place int := ((extract(year FROM local)::int * 12 + extract(month FROM local)::int - 1) / 8) % 3;
BEGIN
    IF doer IS NULL THEN
        RAISE EXCEPTION 'permission denied: no actor is set, and the rows of a dealer change in somebody''s name only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format(
        'INSERT INTO %1$I.audit_log_%2$s
         (slot, at, action, entity, entity_id, part, old, new, actor, impersonator, via, request_id, tx)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
        home, place
    ) USING
        place::smallint, moment, deed, what, which, portion, was, becomes, doer,
        nullif(current_setting('tubex.impersonator', true), ''), nullif(current_setting('tubex.via', true), ''),
        nullif(current_setting('tubex.request', true), '')::uuid, pg_current_xact_id()::text::bigint;
END $$;
REVOKE EXECUTE ON FUNCTION spine.audit_put FROM PUBLIC;

-- What became of a row. `described` are the words of the trigger: the table, the columns of its key,
-- the columns that are left out, those whose values are nobody's business.
CREATE FUNCTION spine.audit_row(home text, described text[], deed text, old_row jsonb, new_row jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keys text[] := string_to_array(described[1], ',');
    hidden text[] := string_to_array(described[3], ',');
    entire jsonb := coalesce(new_row, old_row);
    was jsonb := old_row - string_to_array(described[2], ',');
    becomes jsonb := new_row - string_to_array(described[2], ',');
    portion text;
BEGIN
    IF deed = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, was -> key), jsonb_object_agg(key, value) INTO was, becomes
        FROM jsonb_each(becomes) WHERE value IS DISTINCT FROM was -> key;
        -- Who changes nothing needs an actor all the same.
        IF becomes IS NULL AND current_setting('tubex.actor', true) <> '' THEN
            RETURN;
        END IF;
    END IF;
    IF hidden <> '{}' THEN
        was := spine.audit_hide(was, hidden);
        becomes := spine.audit_hide(becomes, hidden);
    END IF;
    IF array_length(keys, 1) > 1 THEN
        portion := (SELECT string_agg(entire ->> k, '/' ORDER BY n)
                    FROM unnest(keys[2:]) WITH ORDINALITY AS part (k, n));
    END IF;
    PERFORM spine.audit_put(home, deed, described[0], entire ->> keys[1], portion, was, becomes);
END $$;
REVOKE EXECUTE ON FUNCTION spine.audit_row FROM PUBLIC;

-- That there is a value is said, and no more.
CREATE FUNCTION spine.audit_hide(of_row jsonb, hidden text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_object_agg(
        key, CASE WHEN key = ANY (hidden) AND value <> 'null' THEN '"(hidden)"' ELSE value END)
    FROM jsonb_each(of_row)
$$;
REVOKE EXECUTE ON FUNCTION spine.audit_hide FROM PUBLIC;

-- What the trigger of every table of a dealer calls. Without a path of its own: no name in here
-- can be found in another schema than its own, and setting one takes longer than the rest.
CREATE FUNCTION spine.audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM spine.audit_row(
        TG_TABLE_SCHEMA, TG_ARGV, TG_OP, pg_catalog.to_jsonb(OLD), pg_catalog.to_jsonb(NEW));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION spine.audit FROM PUBLIC;

-- What happened to no row: a change that was refused, an operator who looks in. It takes a
-- transaction that says in its first words that it is for this; a statement that somebody slips
-- into another one can not.
CREATE FUNCTION spine.audit_note(deed text, what text, which text, detail jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('tubex.notes', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'permission denied: this transaction is not for notes'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF deed IN ('INSERT', 'UPDATE', 'DELETE') OR octet_length(detail::text) > 8192 THEN
        RAISE EXCEPTION 'permission denied: this is no note' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM spine.audit_put(current_setting('role'), deed, what, which, NULL, NULL, detail);
END $$;
REVOKE EXECUTE ON FUNCTION spine.audit_note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION spine.audit_note TO PUBLIC;

-- The platform's own word in a dealer's log, in the transaction of what it is about. A schema that
-- is behind has no log yet.
CREATE FUNCTION note_for_dealer(dealer uuid, doer text, deed text, which text, detail jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    home text := (SELECT schema_name FROM platform.dealers WHERE id = dealer);
BEGIN
    IF to_regclass(format('%I.audit_log', home)) IS NOT NULL THEN
        PERFORM set_config('tubex.actor', doer, true);
        PERFORM spine.audit_put(home, deed, 'operation', which, NULL, NULL, detail);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION note_for_dealer FROM PUBLIC;
