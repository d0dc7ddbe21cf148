//! What mails look like. `RENEW_LETTERS=1 cargo test --test it mail::letters` writes
//! them anew, to be reviewed as a difference.

use std::net::IpAddr;
use std::path::Path;

use serde_json::json;
use tubex::db::observe::StatementCount;
use tubex::dealer::payments::reminders::run::remind_some;
use tubex::kernel::ids::{DealerId, UserId};
use tubex::kernel::peer::Peer;
use tubex::platform::identity::notices::{self, Occasion};
use tubex::platform::mail::transport::StoredMail;
use tubex::platform::mail::{Mail, MailKind, enqueue};
use tubex::platform::webhooks::model::EndpointId;
use tubex::tenancy::Access;

use super::{Post, token_in};

const OLIVIA: &str = "olivia@baolong.example";
const IVAN: &str = "ivan@test.example";
/// What would be a script, if it were not escaped.
const SCRIPT: &str = "Bao Long <script>alert(1)</script> & Co";

const ASK: &str = "mutation($input: PasswordResetRequestInput!) {
    passwordResetRequest(input: $input) { userErrors { code } } }";
const INVITE: &str = "mutation($input: MemberInviteInput!) { memberInvite(input: $input) {
    userErrors { code } } }";

/// A mail of every kind, by the name of its file.
async fn all(post: &Post, shop: &str) -> Vec<(String, StoredMail)> {
    let owner = post.dealer(shop, OLIVIA).await;
    let mut letters = vec![("verify_email".to_owned(), newest(post, OLIVIA).await)];
    post.send(ASK, json!({ "email": OLIVIA })).await;
    letters.push(("reset_password".to_owned(), newest(post, OLIVIA).await));
    for (name, email) in [
        ("invitation", IVAN),
        ("invitation_known", "known@test.example"),
    ] {
        if name == "invitation_known" {
            post.dealer("Known", email).await;
        }
        let input = json!({ "input": { "email": email, "roles": ["sales"] } });
        owner.run(INVITE, input).await;
        let mails = post.mails_to(email).await;
        let subject = format!("{shop} invites you");
        let invitation = mails.into_iter().find(|mail| mail.subject == subject);
        letters.push((name.to_owned(), invitation.unwrap()));
    }
    let address: IpAddr = "203.0.113.7".parse().unwrap();
    let peer = Peer::at(address).with_user_agent("Mozilla/5.0 <b>(X11; Linux x86_64)</b>");
    let core = &post.server.app.core;
    let user = core
        .accounts
        .authenticate(OLIVIA, crate::support::PASSWORD.into(), &peer);
    let user = user.await.unwrap();
    for kind in [
        MailKind::RefreshTokenReused,
        MailKind::NewDevice,
        MailKind::PasswordChanged,
        MailKind::PhoneAdded,
        MailKind::PhoneRemoved,
        MailKind::AuthenticatorAdded,
        MailKind::AuthenticatorRemoved,
        MailKind::BackupCodesRenewed,
        MailKind::SecondFactorReset,
        MailKind::ApiKeyCreated,
    ] {
        let mut conn = core.control.checkout().await.unwrap();
        let by_operator = kind == MailKind::SecondFactorReset;
        let occasion = Occasion {
            when: post.now(),
            peer: (!by_operator).then_some(&peer),
        };
        let told = notices::tell(&mut conn, kind, &user, occasion).await;
        told.unwrap();
        drop(conn);
        letters.push((kind.as_str().to_lowercase(), newest(post, OLIVIA).await));
    }
    for (name, kind, state) in [
        ("webhook_failing", MailKind::WebhookFailing, "ENABLED"),
        ("webhook_disabled", MailKind::WebhookDisabled, "FAILED"),
        ("webhook_gone", MailKind::WebhookDisabled, "GONE"),
    ] {
        about_endpoint(post, user.id, (kind, state)).await;
        letters.push((name.to_owned(), newest(post, OLIVIA).await));
    }
    letters.extend(invoices(post, &owner).await);
    letters.extend(reminders(post, &owner).await);
    letters
}

/// An invoice and its credit note.
async fn invoices(post: &Post, owner: &crate::support::Client) -> Vec<(String, StoredMail)> {
    const MOOR: &str = "bills@moor.example";
    let (invoice, _) = crate::invoices::bill_at(owner, Some(MOOR)).await;
    let credit =
        "mutation($input: CreditNoteCreateInput!) { payload: creditNoteCreate(input: $input) {
        invoice { id } userErrors { code message } } }";
    let input =
        json!({ "invoiceId": invoice["id"], "reason": "it was wrong", "idempotencyKey": "c" });
    let data = owner.run(credit, json!({ "input": input })).await;
    let note = data["payload"]["invoice"]["id"].clone();
    let mut letters = Vec::new();
    for (name, id) in [("invoice", &invoice["id"]), ("invoice_credit_note", &note)] {
        let send = "mutation($input: InvoiceSendInput!) { payload: invoiceSend(input: $input) {
            userErrors { code message } } }";
        let input = json!({ "id": id, "idempotencyKey": name });
        let data = owner.run(send, json!({ "input": input })).await;
        assert_eq!(data["payload"]["userErrors"], json!([]), "{name}");
        letters.push((name.to_owned(), newest(post, MOOR).await));
    }
    letters
}

/// The three reminders of a customer who owes two invoices with some credit.
async fn reminders(post: &Post, owner: &crate::support::Client) -> Vec<(String, StoredMail)> {
    const HOLT: &str = "bills@holt.example";
    let run = async |query: &str, input: serde_json::Value| {
        let data = owner.run(query, json!({ "input": input })).await;
        assert_eq!(data["payload"]["userErrors"], json!([]), "{query}");
        data["payload"].clone()
    };
    let create = "mutation($input: CustomerCreateInput!) { payload: customerCreate(input: $input) {
        customer { id } userErrors { code message } } }";
    let input = json!({ "code": "HOLT", "name": "Holt <b>Brothers</b>", "email": HOLT });
    let customer = run(create, input).await["customer"]["id"].clone();
    let open =
        "mutation($input: AccountOpeningAddInput!) { payload: accountOpeningAdd(input: $input) {
        userErrors { code message } } }";
    let entry = |reference: &str, amount: &str, on: &str| {
        json!({ "customerId": customer, "amount": amount, "reference": reference,
            "documentOn": on, "dueOn": on })
    };
    let entries = [
        entry("1204", "1250.5", "2026-11-01"),
        entry("1209", "80", "2026-11-12"),
        entry("77", "-30.5", "2026-11-13"),
    ];
    run(
        open,
        json!({ "entries": entries, "idempotencyKey": "letters" }),
    )
    .await;
    let set = "mutation($input: PaymentReminderSettingsSetInput!) {
        payload: paymentReminderSettingsSet(input: $input) { userErrors { code message } } }";
    let input = json!({ "expectedVersion": 0, "isOn": true, "firstAfterDays": 7,
        "secondAfterDays": 14, "thirdAfterDays": 30 });
    run(set, input).await;
    let dealer = "SELECT dealer_id::text FROM platform.memberships m
        JOIN platform.users u ON u.id = m.user_id WHERE u.email = $1";
    let dealer = post.owner.query_one(dealer, &[&OLIVIA]).await.unwrap();
    let dealer: String = dealer.get(0);
    let dealer = DealerId::from_uuid(dealer.parse().unwrap());
    let app = &post.server.app;
    let mut letters = Vec::new();
    for (level, days) in [(1, 0), (2, 7), (3, 16)] {
        post.pass(chrono::TimeDelta::days(days));
        let context = app.directory.admit_system(dealer, "tests").await.unwrap();
        let (context, count) = (std::sync::Arc::new(context), StatementCount::default());
        let mut tx = app
            .tenants
            .begin(context, Access::Write, &count)
            .await
            .unwrap();
        remind_some(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
        letters.push((
            format!("payment_reminder_{level}"),
            newest(post, HOLT).await,
        ));
    }
    letters
}

/// Orders a mail about an endpoint that stands there.
async fn about_endpoint(post: &Post, user: UserId, (kind, state): (MailKind, &str)) {
    let dealer = "SELECT dealer_id::text FROM platform.memberships WHERE user_id = $1::text::uuid";
    let dealer = post
        .owner
        .query_one(dealer, &[&user.uuid().to_string()])
        .await;
    let dealer: String = dealer.unwrap().get(0);
    let endpoint = EndpointId::generate();
    let failing = "INSERT INTO platform.webhook_endpoints
        (id, dealer_id, url, events, state, version, since_event, failures, failing_since, created_at, updated_at)
        VALUES ($1::text::uuid, $2::text::uuid, 'https://hooks.example/tubex?shop=1&b=2', '{*}', $3, 1, 0, 9,
                '2026-11-18T10:30:00Z', now(), now())";
    let id = endpoint.uuid().to_string();
    let added = post.owner.execute(failing, &[&id, &dealer, &state]).await;
    added.unwrap();
    let mut conn = post.server.app.core.control.checkout().await.unwrap();
    let mail = Mail {
        user: Some(user),
        dealer: Some(DealerId::from_uuid(dealer.parse().unwrap())),
        webhook_endpoint: Some(endpoint),
        ..Mail::new(kind, OLIVIA, post.now())
    };
    enqueue(&mut conn, mail).await.unwrap();
}

async fn newest(post: &Post, email: &str) -> StoredMail {
    // Names sort by time.
    post.pass(chrono::TimeDelta::milliseconds(1));
    post.mails_to(email).await.swap_remove(0)
}

/// What differs from run to run is replaced.
fn settled(mail: &StoredMail, text: &str) -> String {
    let page = ["verify-email", "reset-password", "invitation"];
    let token = page.iter().find_map(|page| token_in(&mail.text, page));
    match token {
        Some(token) => text.replace(&token, "TOKEN"),
        None => text.to_owned(),
    }
}

fn compare(file: &str, text: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail/letters");
    let path = path.join(file);
    if std::env::var_os("RENEW_LETTERS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    (committed != text).then(|| file.to_owned())
}

#[tokio::test]
async fn mails_are_those_that_were_reviewed() {
    let post = Post::open("letters").await;
    let mut differ = Vec::new();
    for (name, mail) in all(&post, "Bao Long Building Supply").await {
        let head = format!(
            "From: {}\nTo: {}\nSubject: {}\n\n",
            mail.from, mail.to, mail.subject
        );
        let text = settled(&mail, &format!("{head}{}", mail.text));
        let html = settled(&mail, &mail.html);
        differ.extend(compare(&format!("{name}.txt"), &text));
        differ.extend(compare(&format!("{name}.html"), &html));
    }
    assert!(
        differ.is_empty(),
        "these are not what is sent: {differ:?}; renew them by `RENEW_LETTERS=1 cargo test --test \
         it mail::letters` and review the difference"
    );
}

#[tokio::test]
async fn nothing_that_people_write_becomes_markup() {
    let post = Post::open("letters_escaped").await;
    for (name, mail) in all(&post, SCRIPT).await {
        assert!(!mail.html.contains("<script"), "{name}\n{}", mail.html);
        assert!(!mail.html.contains("<b>"), "{name}\n{}", mail.html);
        // In a text it is what it is.
        assert!(mail.text.contains(SCRIPT), "{name}\n{}", mail.text);
        assert!(mail.html.contains("&lt;script&gt;"), "{name}");
    }
}
