CREATE TABLE phone_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    phone text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    confirmed_at timestamptz,
    pending_phone text CHECK (pending_phone ~ '^\+[1-9][0-9]{6,14}$'),
    pending_until timestamptz,
    CHECK ((phone IS NULL) = (confirmed_at IS NULL)),
    CHECK ((pending_phone IS NULL) = (pending_until IS NULL))
);
COMMENT ON TABLE phone_factors IS 'Telephones of users to which codes may be sent: the one in use, and one that is being set up.';
COMMENT ON COLUMN phone_factors.phone IS 'In the form of E.164.';

-- As with mails: an order to write a message. Its text, and the code in it, are made when it
-- is sent, of the row's id and the secret of the installation, and kept nowhere.
CREATE TABLE text_messages (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[A-Z_]{3,40}$'),
    phone text NOT NULL CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    dealer_id uuid REFERENCES dealers (id) ON DELETE SET NULL,
    subject uuid NOT NULL,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'REFUSED')),
    cause text,
    used_at timestamptz
);
COMMENT ON TABLE text_messages IS 'Codes to be sent by SMS, and for a week those that were.';
COMMENT ON COLUMN text_messages.subject IS 'Of what the code is good for: the sign-in that waits for it, or the session.';
COMMENT ON COLUMN text_messages.due_at IS 'When it may be tried. Whoever takes it up moves this ahead, so that it comes back if he dies.';
COMMENT ON COLUMN text_messages.expires_at IS 'When the code stops being good; after that the message is not sent any more.';
COMMENT ON COLUMN text_messages.attempts IS 'How often it was taken up; only the last to do so may say how it went.';
COMMENT ON COLUMN text_messages.cause IS 'Why the last attempt failed.';
CREATE INDEX text_messages_due ON text_messages (due_at) WHERE state = 'PENDING';
CREATE INDEX text_messages_phone ON text_messages (phone, created_at);
CREATE INDEX text_messages_user ON text_messages (user_id, created_at);
CREATE INDEX text_messages_created ON text_messages (created_at);

-- Another telephone ends what was granted before, as another authenticator does.
CREATE TRIGGER phone_factors_change AFTER UPDATE OF phone ON phone_factors
    FOR EACH ROW WHEN (OLD.phone IS DISTINCT FROM NEW.phone) EXECUTE FUNCTION revoke_member();
CREATE TRIGGER phone_factors_go AFTER DELETE ON phone_factors
    FOR EACH ROW WHEN (OLD.phone IS NOT NULL) EXECUTE FUNCTION revoke_member();
