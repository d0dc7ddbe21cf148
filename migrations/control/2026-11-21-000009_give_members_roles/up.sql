CREATE TABLE roles (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    description text CHECK (length(description) BETWEEN 1 AND 500),
    permissions text[] NOT NULL CHECK (cardinality(permissions) BETWEEN 1 AND 100),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE roles IS 'Roles that dealers have made for themselves; those that all have are in the program.';
COMMENT ON COLUMN roles.permissions IS 'Names, resource:action. One that a program does not know allows nothing there.';
CREATE UNIQUE INDEX roles_name_unique ON roles (dealer_id, lower(name));

-- Nodes keep the roles of a dealer with him, so a change of one is a change of him.
ALTER TABLE dealers ADD COLUMN roles_version bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN dealers.roles_version IS 'How often his own roles have changed; 0 for one who never had any.';
CREATE FUNCTION count_role_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE platform.dealers SET roles_version = roles_version + 1
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.dealer_id ELSE NEW.dealer_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER roles_change AFTER INSERT OR UPDATE OR DELETE ON roles
    FOR EACH ROW EXECUTE FUNCTION count_role_change();

-- All who are members by now are owners. The program of yesterday knows nothing else: it writes
-- `role`, and the default gives it `roles`. Nobody is signed out, as by an UPDATE.
ALTER TABLE memberships
    ADD COLUMN roles text[] NOT NULL DEFAULT '{owner}',
    ADD COLUMN customer_id uuid,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ALTER COLUMN role DROP NOT NULL,
    ADD CONSTRAINT memberships_roles_check CHECK (cardinality(roles) BETWEEN 1 AND 20),
    ADD CONSTRAINT memberships_customer_check CHECK (
        CASE WHEN customer_id IS NULL THEN NOT roles @> '{customer}' ELSE roles = '{customer}' END);
COMMENT ON COLUMN memberships.role IS 'Of the program before this one; nothing reads it any more.';
COMMENT ON COLUMN memberships.roles IS 'Codes of built-in roles, and ids of the dealer''s own as rol_ and 32 hex digits.';
COMMENT ON COLUMN memberships.customer_id IS 'For a contractor at the portal: the customer of the dealer for whom he stands.';

-- Whoever takes the last owner away, by whatever statement, is refused. The lock has two who
-- take one each wait for one another, so that the second sees what the first has left.
CREATE FUNCTION keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM platform.dealers WHERE id = OLD.dealer_id FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM platform.memberships WHERE dealer_id = OLD.dealer_id AND roles @> '{owner}'
    ) THEN
        RAISE check_violation USING
            MESSAGE = 'a dealer keeps at least one owner', CONSTRAINT = 'memberships_keep_an_owner';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER memberships_keep_an_owner AFTER UPDATE OF roles, dealer_id OR DELETE ON memberships
    FOR EACH ROW WHEN (OLD.roles @> '{owner}') EXECUTE FUNCTION keep_an_owner();
