-- Dealers mail invoices and credit notes to their customers, too.
CREATE OR REPLACE FUNCTION spine.order_letters(
    kind text, mails uuid[], emails text[], records uuid[], ordered_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dealer uuid;
BEGIN
    SELECT id INTO dealer FROM platform.dealers
    WHERE schema_name = current_setting('role') AND status <> 'SPARE';
    IF dealer IS NULL OR kind NOT IN ('INVOICE', 'PAYMENT_REMINDER') THEN
        RAISE EXCEPTION 'permission denied: a dealer''s role orders mails to his customers, and no others'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO platform.mails (id, kind, email, dealer_id, record_id, created_at, due_at, expires_at)
    SELECT letter.mail, kind, lower(letter.email), dealer, letter.record, ordered_at, ordered_at, ordered_at + interval '3 days'
    FROM unnest(mails, emails, records) AS letter (mail, email, record);
END $$;
