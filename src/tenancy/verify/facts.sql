-- All that can be said about the schema $1, in words. Its own name is left out,
-- and that of its role is written "dealer", so that schemas can be compared.
WITH ns AS MATERIALIZED (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = $1
),
member AS MATERIALIZED (
    SELECT d.classid, d.objid
    FROM ns
    JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = ns.oid
),
rel AS MATERIALIZED (
    SELECT c.*
    FROM member m
    JOIN pg_class c ON c.oid = m.objid
    WHERE m.classid = 'pg_class'::regclass
),
role AS MATERIALIZED (
    SELECT * FROM pg_roles WHERE rolname = $1
),
col AS MATERIALIZED (
    SELECT rel.relname, rel.relname || '.' || a.attname AS name, a.*,
           pg_get_expr(d.adbin, d.adrelid) AS expression
    FROM rel
    JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
),
con AS MATERIALIZED (
    SELECT rel.relname, rel.relname || '.' || k.conname AS name, k.*
    FROM rel
    JOIN pg_constraint k ON k.conrelid = rel.oid
    -- Columns say whether they are NOT NULL, constraint triggers are triggers.
    WHERE k.contype NOT IN ('n', 't')
),
privilege (kind, parent, name, what, grantee, type) AS (
    SELECT 'schema', NULL, 'schema', 'privileges', acl.grantee, acl.privilege_type
        || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM ns, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
    UNION ALL
    SELECT 'relation', NULL, relname, 'privileges', acl.grantee, acl.privilege_type
        || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM rel, aclexplode(coalesce(relacl, acldefault(
        CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) acl
    UNION ALL
    SELECT 'column', relname, name, 'privileges', acl.grantee, acl.privilege_type
        || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM col, aclexplode(attacl) acl
    UNION ALL
    SELECT 'schema', NULL, 'schema',
           'default privileges on ' || CASE d.defaclobjtype WHEN 'r' THEN 'tables'
               WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
               ELSE d.defaclobjtype::text END || ' of ' || pg_get_userbyid(d.defaclrole),
           acl.grantee, acl.privilege_type
        || CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM member m
    JOIN pg_default_acl d ON d.oid = m.objid
    CROSS JOIN aclexplode(d.defaclacl) acl
    WHERE m.classid = 'pg_default_acl'::regclass
),
fact (kind, parent, name, aspect, value) AS (
    SELECT 'schema', NULL, 'schema', 'owner', pg_get_userbyid(nspowner)::text FROM ns
    UNION ALL
    SELECT kind, parent, name, what || ' of '
               || CASE grantee WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(grantee) END,
           string_agg(type, ', ' ORDER BY type)
    FROM privilege
    GROUP BY kind, parent, name, what, grantee
    UNION ALL
    SELECT 'relation', NULL, rel.relname, word.aspect, word.value
    FROM rel, LATERAL (VALUES
        ('kind', CASE rel.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
            WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
            WHEN 'f' THEN 'foreign table' ELSE rel.relkind::text END),
        ('owner', pg_get_userbyid(rel.relowner)),
        ('persistence', CASE rel.relpersistence WHEN 'p' THEN 'logged' WHEN 'u' THEN 'unlogged'
            ELSE rel.relpersistence::text END),
        ('row security', CASE WHEN rel.relforcerowsecurity THEN 'forced'
            WHEN rel.relrowsecurity THEN 'on' ELSE 'off' END),
        ('options', coalesce(array_to_string(rel.reloptions, ', '), 'none')),
        ('replica identity', rel.relreplident::text),
        ('storage', concat_ws(' in ', (SELECT amname FROM pg_am WHERE oid = rel.relam),
            (SELECT spcname FROM pg_tablespace WHERE oid = rel.reltablespace))),
        ('definition', CASE WHEN rel.relkind IN ('v', 'm') THEN pg_get_viewdef(rel.oid) END),
        ('partition', CASE WHEN rel.relispartition THEN pg_get_expr(rel.relpartbound, rel.oid) END)
    ) AS word (aspect, value)
    UNION ALL
    SELECT 'column', col.relname, col.name, word.aspect, word.value
    FROM col, LATERAL (VALUES
        ('type', format_type(col.atttypid, col.atttypmod)),
        ('nullability', CASE WHEN col.attnotnull THEN 'NOT NULL' ELSE 'NULL' END),
        ('default', CASE WHEN col.attgenerated = '' AND col.expression IS NOT NULL
            THEN 'DEFAULT ' || col.expression ELSE 'no default' END),
        ('generated', CASE col.attgenerated WHEN '' THEN 'not generated'
            WHEN 's' THEN 'GENERATED ALWAYS AS (' || col.expression || ') STORED'
            ELSE 'GENERATED ALWAYS AS (' || col.expression || ')' END),
        ('identity', CASE col.attidentity WHEN '' THEN 'no identity'
            WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY'
            ELSE 'GENERATED BY DEFAULT AS IDENTITY' END),
        ('collation', (SELECT collname FROM pg_collation WHERE oid = col.attcollation)::text),
        ('storage', CASE col.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
            WHEN 'm' THEN 'main' ELSE 'extended' END)
    ) AS word (aspect, value)
    UNION ALL
    SELECT 'index', rel.relname, c.relname, word.aspect, word.value
    FROM rel
    JOIN pg_index i ON i.indrelid = rel.oid
    JOIN pg_class c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_indexdef(i.indexrelid)),
        ('state', CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN 'valid'
            ELSE 'INVALID' END)
    ) AS word (aspect, value)
    -- Those of constraints are told with them.
    WHERE NOT EXISTS (SELECT FROM con WHERE con.conindid = i.indexrelid AND con.contype <> 'f')
    UNION ALL
    SELECT 'constraint', con.relname, con.name, word.aspect, word.value
    FROM con, LATERAL (VALUES
        ('definition', pg_get_constraintdef(con.oid)),
        ('enforcement', CASE WHEN con.contype <> 'f' THEN NULL
            WHEN EXISTS (SELECT FROM pg_trigger t
                         WHERE t.tgconstraint = con.oid AND t.tgenabled <> 'O')
            THEN 'switched off' ELSE 'on' END)
    ) AS word (aspect, value)
    UNION ALL
    SELECT 'trigger', rel.relname, rel.relname || '.' || t.tgname, word.aspect, word.value
    FROM rel
    JOIN pg_trigger t ON t.tgrelid = rel.oid AND NOT t.tgisinternal
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_triggerdef(t.oid)),
        ('firing', t.tgenabled::text)
    ) AS word (aspect, value)
    UNION ALL
    SELECT 'rule', rel.relname, rel.relname || '.' || r.rulename, 'definition',
           pg_get_ruledef(r.oid)
    FROM rel
    JOIN pg_rewrite r ON r.ev_class = rel.oid
    WHERE rel.relkind NOT IN ('v', 'm')
    UNION ALL
    SELECT 'policy', rel.relname, rel.relname || '.' || p.polname, 'definition',
           concat_ws(' ', p.polcmd, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                     'to ' || (SELECT string_agg(CASE r WHEN 0 THEN 'everybody'
                                   ELSE pg_get_userbyid(r) END, ', ' ORDER BY r)
                               FROM unnest(p.polroles) r),
                     'using ' || pg_get_expr(p.polqual, p.polrelid),
                     'check ' || pg_get_expr(p.polwithcheck, p.polrelid))
    FROM rel
    JOIN pg_policy p ON p.polrelid = rel.oid
    UNION ALL
    SELECT 'object', NULL, pg_describe_object(classid, objid, 0), 'presence', 'there'
    FROM member
    WHERE classid NOT IN ('pg_class'::regclass, 'pg_default_acl'::regclass)
    UNION ALL
    SELECT 'role', NULL, 'role', word.aspect, word.value
    FROM role, LATERAL (VALUES
        ('attributes', concat_ws(' ',
            CASE WHEN role.rolsuper THEN 'SUPERUSER' END,
            CASE WHEN role.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
            CASE WHEN role.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
            CASE WHEN role.rolcreaterole THEN 'CREATEROLE' END,
            CASE WHEN role.rolcreatedb THEN 'CREATEDB' END,
            CASE WHEN role.rolreplication THEN 'REPLICATION' END,
            CASE WHEN role.rolbypassrls THEN 'BYPASSRLS' END,
            'CONNECTION LIMIT ' || nullif(role.rolconnlimit, -1),
            'VALID UNTIL ' || role.rolvaliduntil)),
        ('settings', coalesce(array_to_string(role.rolconfig, ', '), 'none'))
    ) AS word (aspect, value)
    UNION ALL
    SELECT 'role', NULL, 'role', 'member ' || pg_get_userbyid(m.member),
           string_agg(DISTINCT (to_jsonb(m) - 'oid' - 'roleid' - 'member' - 'grantor')::text, ', ')
    FROM role
    JOIN pg_auth_members m ON m.roleid = role.oid
    GROUP BY m.member
    UNION ALL
    SELECT 'role', NULL, 'role', 'membership in ' || pg_get_userbyid(m.roleid),
           string_agg(DISTINCT (to_jsonb(m) - 'oid' - 'roleid' - 'member' - 'grantor')::text, ', ')
    FROM role
    JOIN pg_auth_members m ON m.member = role.oid
    GROUP BY m.roleid
    UNION ALL
    SELECT 'role', NULL, 'role', 'rights elsewhere', coalesce((
        SELECT string_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid), ', ')
        FROM pg_shdepend d
        WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = role.oid
          AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND NOT (d.classid = 'pg_namespace'::regclass AND d.objid IN (SELECT oid FROM ns))
          AND NOT EXISTS (SELECT FROM member m
                          WHERE m.classid = d.classid AND m.objid = d.objid)), 'none')
    FROM role
)
SELECT kind, parent::text, replace(name, $1 || '.', '') AS name,
       regexp_replace(aspect, '\m' || $1 || '\M', 'dealer') AS aspect,
       replace(replace(value, $1 || '.', ''), $1, 'dealer') AS value
FROM fact
WHERE value IS NOT NULL
