//! Each kind of difference, made by hand.

use super::fleet::{lines, verify};
use crate::migrations::fleet::Fleet;

/// What somebody does to the schema `S`, and what is said about it.
const CASES: &[(&str, &[&str])] = &[
    ("DROP TABLE S.tax_rates", &["table tax_rates is missing"]),
    (
        "CREATE TABLE S.extra (id int, note text)",
        &["table extra should not be there"],
    ),
    (
        "ALTER TABLE S.products DROP COLUMN description",
        &["column products.description is missing"],
    ),
    (
        "ALTER TABLE S.products ADD COLUMN note text",
        &["column products.note should not be there"],
    ),
    (
        "ALTER TABLE S.products ALTER COLUMN list_price TYPE numeric(12,2)",
        &["products.list_price: numeric(12,2), should be numeric(18,4)"],
    ),
    (
        "ALTER TABLE S.customers ALTER COLUMN name DROP NOT NULL",
        &["customers.name: NULL, should be NOT NULL"],
    ),
    (
        "ALTER TABLE S.stock_levels ALTER COLUMN reserved SET DEFAULT 1",
        &["stock_levels.reserved: DEFAULT 1, should be DEFAULT 0"],
    ),
    (
        "ALTER TABLE S.stock_levels ALTER COLUMN reserved DROP DEFAULT",
        &["stock_levels.reserved: no default, should be DEFAULT 0"],
    ),
    (
        "ALTER TABLE S.products ALTER COLUMN search_text DROP EXPRESSION",
        &["products.search_text: not generated, should be \
           GENERATED ALWAYS AS (lower(((sku || ' '::text) || name))) STORED"],
    ),
    (
        "ALTER TABLE S.products ALTER COLUMN name SET STORAGE EXTERNAL",
        &["products.name: storage: external, should be extended"],
    ),
    (
        "DROP INDEX S.products_name",
        &["index products_name is missing"],
    ),
    (
        "DROP INDEX S.products_name; CREATE INDEX products_name ON S.products (name)",
        &[
            "index products_name: CREATE INDEX products_name ON products USING btree (name), \
           should be CREATE INDEX products_name ON products USING btree (name, id)",
        ],
    ),
    (
        "CREATE INDEX products_kind ON S.products (kind)",
        &["index products_kind should not be there"],
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'S.products_name'::regclass",
        &["index products_name: state: INVALID, should be valid"],
    ),
    (
        "ALTER TABLE S.products DROP CONSTRAINT products_sku_unique",
        &["constraint products.products_sku_unique is missing"],
    ),
    (
        "ALTER TABLE S.products ADD CONSTRAINT short CHECK (length(sku) < 9)",
        &["constraint products.short should not be there"],
    ),
    (
        "ALTER TABLE S.jobs DROP CONSTRAINT jobs_customer_exists;
         ALTER TABLE S.jobs ADD CONSTRAINT jobs_customer_exists
             FOREIGN KEY (customer_id) REFERENCES S.customers ON DELETE CASCADE NOT VALID",
        &["constraint jobs.jobs_customer_exists: \
           FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE CASCADE NOT VALID, \
           should be FOREIGN KEY (customer_id) REFERENCES customers(id)"],
    ),
    (
        "ALTER TABLE S.tax_rates DISABLE TRIGGER ALL",
        &[
            "constraint tax_rates.tax_rates_class_exists: enforcement: switched off, should be on",
            "trigger tax_rates.audit: firing: D, should be O",
        ],
    ),
    (
        "DROP TRIGGER audit ON S.products",
        &["trigger products.audit is missing"],
    ),
    (
        "GRANT INSERT ON S.audit_log_0 TO S",
        &["table audit_log_0: privileges of dealer: INSERT, SELECT, should be SELECT"],
    ),
    (
        "CREATE FUNCTION S.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER t BEFORE INSERT ON S.units FOR EACH ROW EXECUTE FUNCTION S.f()",
        &[
            "function f() should not be there",
            "trigger units.t should not be there",
        ],
    ),
    (
        "CREATE TYPE S.colour AS ENUM ('red')",
        &["type colour should not be there"],
    ),
    (
        "CREATE VIEW S.names AS SELECT name FROM S.units",
        &["view names should not be there"],
    ),
    (
        "CREATE SEQUENCE S.numbers",
        &["sequence numbers should not be there"],
    ),
    (
        "ALTER TABLE S.units ENABLE ROW LEVEL SECURITY;
         CREATE POLICY p ON S.units USING (code = 'pc')",
        &[
            "policy units.p should not be there",
            "table units: row security: on, should be off",
        ],
    ),
    (
        "CREATE RULE r AS ON DELETE TO S.units DO INSTEAD NOTHING",
        &["rule units.r should not be there"],
    ),
    (
        "ALTER TABLE S.tax_rates SET UNLOGGED",
        &["table tax_rates: persistence: unlogged, should be logged"],
    ),
    (
        "ALTER TABLE S.jobs SET (fillfactor = 50)",
        &["table jobs: options: fillfactor=50, should be none"],
    ),
    (
        "ALTER TABLE S.jobs REPLICA IDENTITY FULL",
        &["table jobs: replica identity: f, should be d"],
    ),
    (
        "REVOKE SELECT ON S.units FROM S",
        &[
            "table units: privileges of dealer: DELETE, INSERT, UPDATE, \
           should be DELETE, INSERT, SELECT, UPDATE",
        ],
    ),
    (
        "GRANT SELECT ON S.units TO tubex_app",
        &["table units: privileges of tubex_app: SELECT, should be none"],
    ),
    (
        "GRANT UPDATE (code) ON S.units TO PUBLIC",
        &["units.code: privileges of everybody: UPDATE, should be none"],
    ),
    (
        "GRANT CREATE ON SCHEMA S TO S",
        &["schema: privileges of dealer: CREATE, USAGE, should be USAGE"],
    ),
    (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA S REVOKE DELETE ON TABLES FROM S",
        &[
            "schema: default privileges on tables of OWNER of dealer: INSERT, SELECT, UPDATE, \
           should be DELETE, INSERT, SELECT, UPDATE",
        ],
    ),
    (
        "ALTER SCHEMA S OWNER TO tubex_app",
        &[
            "schema: owner: tubex_app, should be OWNER",
            "schema: privileges of OWNER: none, should be CREATE, USAGE",
            "schema: privileges of tubex_app: CREATE, USAGE, should be none",
        ],
    ),
    (
        "ALTER ROLE S LOGIN",
        &["role: attributes: LOGIN INHERIT, should be NOLOGIN INHERIT"],
    ),
    (
        "ALTER ROLE S SET work_mem = '1GB'",
        &["role: settings: work_mem=1GB, should be none"],
    ),
    (
        "REVOKE S FROM tubex_app",
        &["role: member tubex_app: none, should be {\"admin_option\": false}"],
    ),
    (
        "GRANT pg_read_all_data TO S",
        &["role: membership in pg_read_all_data: {\"admin_option\": false}, should be none"],
    ),
    (
        "GRANT SELECT ON platform.users TO S",
        &["role: rights elsewhere: table platform.users, should be none"],
    ),
    ("DROP SCHEMA S CASCADE", &["schema is missing"]),
];

#[tokio::test]
async fn each_difference_is_found_and_ascribed_to_its_dealer() {
    // One dealer per case, and at either end one whom nobody has touched.
    let fleet = Fleet::new("verify_cases", CASES.len() + 2).await;
    let owner = crate::support::owner_of(&fleet.settings).await;
    let user = "SELECT current_user::text";
    let user: String = owner.query_one(user, &[]).await.unwrap().get(0);
    let touched = &fleet.dealers[1..=CASES.len()];
    for ((_, schema), (sql, _)) in touched.iter().zip(CASES) {
        let sql = in_schema(sql, schema);
        owner.batch_execute(&sql).await.unwrap();
    }
    let (summary, found) = verify(&fleet).await;
    let mut faults = Vec::new();
    for ((_, schema), (sql, wanted)) in touched.iter().zip(CASES) {
        let wanted: Vec<String> = wanted.iter().map(|w| w.replace("OWNER", &user)).collect();
        let told = lines(found.get(schema));
        // Newer servers have more options of a membership.
        let is_same = |(told, wanted): (&String, &String)| {
            let more = wanted.replace("false}", "false, ");
            told == wanted || told.starts_with(more.split("should").next().unwrap_or_default())
        };
        let all_same = told.iter().zip(&wanted).all(is_same);
        if told.len() != wanted.len() || !all_same {
            faults.push(format!("{sql}\n  told   {told:#?}\n  wanted {wanted:#?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(found.len(), CASES.len());
    assert_eq!(
        (summary.dealers, summary.drifted),
        (CASES.len() + 2, CASES.len())
    );
}

/// `S` as a word of its own is the schema.
fn in_schema(sql: &str, schema: &str) -> String {
    let words = sql.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
    words
        .map(|word| match word.strip_prefix('S') {
            Some(rest) if rest.chars().all(|c| !c.is_alphanumeric() && c != '_') => {
                format!("{schema}{rest}")
            }
            _ => word.to_owned(),
        })
        .collect()
}
