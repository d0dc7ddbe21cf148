-- One number per schema of $1, from columns of the catalogs that cost nothing to
-- read. Equal numbers: equal schemas, but for their names. Unequal numbers need
-- not mean a difference, so they are only a reason to look closer (facts.sql).
--
-- Everything is found through indexes: pg_class has none on its schema, but
-- pg_depend knows what hangs on a schema.
WITH ns AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl
    FROM unnest($1) AS wanted (name)
    JOIN pg_namespace n ON n.nspname = wanted.name::name
),
member AS MATERIALIZED (
    SELECT ns.oid AS ns, ns.nspname, d.classid, d.objid
    FROM ns
    JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = ns.oid
),
rel AS MATERIALIZED (
    SELECT m.ns, m.nspname, c.oid, c.relname, c.relkind, c.relpersistence, c.relowner, c.relacl,
           c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relam,
           c.reltablespace, c.relispartition
    FROM member m
    JOIN pg_class c ON c.oid = m.objid
    WHERE m.classid = 'pg_class'::regclass
),
role AS MATERIALIZED (
    SELECT ns.oid AS ns, r.oid, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb,
           r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil,
           r.rolconfig
    FROM ns
    JOIN pg_roles r ON r.rolname = ns.nspname
),
fact (ns, text) AS (
    SELECT oid, ROW ('schema', nspowner, replace(nspacl::text, nspname, '~'))::text FROM ns
    UNION ALL
    SELECT ns, ROW ('relation', relname, relkind, relpersistence, relowner,
                    replace(relacl::text, nspname, '~'), reloptions, relrowsecurity,
                    relforcerowsecurity, relreplident, relam, reltablespace, relispartition)::text
    FROM rel
    UNION ALL
    SELECT rel.ns, ROW ('column', rel.relname, a.attnum, a.attname, a.atttypid, a.atttypmod,
                        a.attnotnull, a.attgenerated, a.attidentity, a.attcollation, a.attstorage,
                        replace(a.attacl::text, rel.nspname, '~'))::text
    FROM rel
    JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT rel.ns, ROW ('default', rel.relname, d.adnum, d.adbin)::text
    FROM rel
    JOIN pg_attrdef d ON d.adrelid = rel.oid
    UNION ALL
    -- The whole row but for its two numbers: newer versions have more columns.
    SELECT rel.ns, ROW ('index', rel.relname, c.relname, c.relam, c.reloptions, c.reltablespace,
                        regexp_replace(i::text, '^\(\d+,\d+,', ''))::text
    FROM rel
    JOIN pg_index i ON i.indrelid = rel.oid
    JOIN pg_class c ON c.oid = i.indexrelid
    UNION ALL
    SELECT rel.ns, ROW ('constraint', rel.relname, k.conname, k.contype, k.condeferrable,
                        k.condeferred, k.convalidated, k.conkey, k.confkey, k.confupdtype,
                        k.confdeltype, k.confmatchtype, k.connoinherit, k.conbin, f.relname,
                        nullif(f.relnamespace, rel.ns))::text
    FROM rel
    JOIN pg_constraint k ON k.conrelid = rel.oid
    LEFT JOIN pg_class f ON f.oid = k.confrelid
    UNION ALL
    SELECT rel.ns, ROW ('trigger', rel.relname, t.tgname, t.tgtype, t.tgenabled, t.tgfoid,
                        t.tgdeferrable, t.tginitdeferred, t.tgattr, t.tgargs, t.tgqual)::text
    FROM rel
    JOIN pg_trigger t ON t.tgrelid = rel.oid
    WHERE NOT t.tgisinternal OR t.tgenabled <> 'O'
    UNION ALL
    SELECT rel.ns, ROW ('rule', rel.relname, r.rulename, r.ev_type, r.ev_enabled, r.is_instead,
                        r.ev_qual, r.ev_action)::text
    FROM rel
    JOIN pg_rewrite r ON r.ev_class = rel.oid
    UNION ALL
    SELECT rel.ns, ROW ('policy', rel.relname, p.polname, p.polcmd, p.polpermissive, p.polroles,
                        p.polqual, p.polwithcheck)::text
    FROM rel
    JOIN pg_policy p ON p.polrelid = rel.oid
    UNION ALL
    SELECT m.ns, ROW ('default privileges', d.defaclrole, d.defaclobjtype,
                      replace(d.defaclacl::text, m.nspname, '~'))::text
    FROM member m
    JOIN pg_default_acl d ON d.oid = m.objid
    WHERE m.classid = 'pg_default_acl'::regclass
    UNION ALL
    -- Functions, types and so on: there should be none.
    SELECT ns, ROW ('object', classid, objid)::text
    FROM member
    WHERE classid NOT IN ('pg_class'::regclass, 'pg_default_acl'::regclass)
    UNION ALL
    SELECT ns, ROW ('role', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
                    rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolconfig)::text
    FROM role
    UNION ALL
    SELECT role.ns, ROW ('member', to_jsonb(m) - 'oid' - 'roleid' - 'grantor')::text
    FROM role
    JOIN pg_auth_members m ON m.roleid = role.oid
    UNION ALL
    SELECT role.ns, ROW ('member of', to_jsonb(m) - 'oid' - 'member' - 'grantor')::text
    FROM role
    JOIN pg_auth_members m ON m.member = role.oid
    UNION ALL
    -- How many objects have rights of the role: more, if some are elsewhere.
    SELECT role.ns, ROW ('rights', rights.deptype, rights.count)::text
    FROM role, LATERAL (
        SELECT d.deptype, count(*)
        FROM pg_shdepend d
        WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = role.oid
          AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        GROUP BY d.deptype
    ) AS rights
),
total AS (
    SELECT ns, concat_ws(' ', count(*), sum(hashtextextended(text, 0)),
                         sum(hashtextextended(text, 1))) AS fingerprint
    FROM fact
    GROUP BY ns
)
SELECT ns.nspname::text AS schema, total.fingerprint
FROM ns
JOIN total ON total.ns = ns.oid
