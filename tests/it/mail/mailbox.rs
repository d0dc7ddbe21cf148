//! The mailbox of the demo. The server of the tests has none; `cli::dev` looks at
//! that of the demo.

use reqwest::Method;

use super::Post;

#[tokio::test]
async fn a_server_shows_its_mails_to_nobody() {
    let post = Post::open("mailbox_none").await;
    post.dealer("Acme", "olivia@test.example").await;
    let mails = post.mails_to("olivia@test.example").await;
    for path in [
        "/mailbox".to_owned(),
        format!("/mailbox/{}", mails[0].name),
        format!("/mailbox/{}/html", mails[0].name),
        "/mailbox/style.css".to_owned(),
    ] {
        let response = post.server.anonymous().request(Method::GET, &path);
        assert_eq!(response.send().await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_mail_is_also_a_file_for_mail_programs() {
    let post = Post::open("mailbox_files").await;
    post.dealer("Acme", "olivia@test.example").await;
    let mails = post.mails_to("olivia@test.example").await;
    let eml = std::fs::read_to_string(post.dir.join(format!("{}.eml", mails[0].name))).unwrap();
    assert!(eml.contains("To: olivia@test.example\r\n"), "{eml}");
    assert!(eml.contains("Subject: Confirm your address\r\n"), "{eml}");
}
