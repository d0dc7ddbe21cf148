ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
COMMENT ON COLUMN users.email_verified_at IS 'When he last showed that mail to his address reaches him.';

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    email text NOT NULL CHECK (email = lower(email)),
    roles text[] NOT NULL CHECK (cardinality(roles) BETWEEN 1 AND 20),
    customer_id uuid,
    invited_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid REFERENCES users (id) ON DELETE SET NULL,
    revoked_at timestamptz,
    CONSTRAINT invitations_end_check CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
COMMENT ON TABLE invitations IS 'Who was asked to work for a dealer. The rows stay; an open one is neither accepted nor revoked nor too old.';
COMMENT ON COLUMN invitations.customer_id IS 'Of the dealer''s schema: whom the invited one is to see the portal of.';
CREATE UNIQUE INDEX invitations_open ON invitations (dealer_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_dealer ON invitations (dealer_id, created_at);

CREATE TABLE one_time_tokens (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    purpose text NOT NULL CHECK (purpose IN ('VERIFY_EMAIL', 'RESET_PASSWORD', 'INVITATION')),
    email text NOT NULL CHECK (email = lower(email)),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    invitation_id uuid REFERENCES invitations (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT one_time_tokens_subject_check CHECK
        (CASE purpose WHEN 'INVITATION' THEN invitation_id IS NOT NULL AND user_id IS NULL
                      ELSE user_id IS NOT NULL AND invitation_id IS NULL END)
);
COMMENT ON TABLE one_time_tokens IS 'What links in mails are good for. Only the hash is kept; the token itself is in the mail and nowhere else.';
COMMENT ON COLUMN one_time_tokens.email IS 'Where the token was sent: it proves that this mailbox was read, and no other.';
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_tokens_invitation ON one_time_tokens (invitation_id) WHERE invitation_id IS NOT NULL;
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);

-- A mail is an order to write one: it says to whom and on what occasion. Its text, with the
-- token of its link, is made when it is sent, and kept nowhere.
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind ~ '^[A-Z_]{3,40}$'),
    email text NOT NULL CHECK (email = lower(email)),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    dealer_id uuid REFERENCES dealers (id) ON DELETE CASCADE,
    invitation_id uuid REFERENCES invitations (id) ON DELETE CASCADE,
    peer_address text,
    peer_name text CHECK (length(peer_name) <= 200),
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    state text NOT NULL DEFAULT 'PENDING'
        CHECK (state IN ('PENDING', 'SENT', 'NEEDLESS', 'REFUSED', 'EXPIRED')),
    finished_at timestamptz,
    cause text,
    CONSTRAINT mails_finished_check CHECK ((state = 'PENDING') = (finished_at IS NULL))
);
COMMENT ON TABLE mails IS 'Mails to be sent, and for 30 days those that were.';
COMMENT ON COLUMN mails.due_at IS 'When it may be tried. Whoever takes it up moves this ahead, so that it comes back if he dies.';
COMMENT ON COLUMN mails.attempts IS 'How often it was taken up; only the last to do so may say how it went.';
COMMENT ON COLUMN mails.cause IS 'Why the last attempt failed, in the words of the mail server.';
CREATE INDEX mails_due ON mails (due_at) WHERE state = 'PENDING';
CREATE INDEX mails_finished ON mails (finished_at) WHERE state <> 'PENDING';
CREATE INDEX mails_email ON mails (email, kind, created_at);
CREATE INDEX mails_user ON mails (user_id) WHERE user_id IS NOT NULL;
