//! The pages that links lead to. What they do is tried in a browser.

use reqwest::Method;

use super::Post;
use crate::support::Server;

const PAGES: [&str; 4] = [
    "/verify-email?token=x",
    "/reset-password?token=x",
    "/forgot-password",
    "/invitation?token=x",
];

async fn get(server: &Server, path: &str) -> reqwest::Response {
    let request = server.anonymous().request(Method::GET, path);
    request.send().await.unwrap()
}

#[tokio::test]
async fn pages_run_nothing_foreign_and_tell_nobody_of_their_address() {
    let server = Server::start().await;
    for path in PAGES {
        let response = get(&server, path).await;
        assert_eq!(response.status(), 200, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        let html = response.text().await.unwrap();
        // A script in the page itself would not run, and none is from elsewhere.
        assert!(
            !html.contains("<script>") && !html.contains("://"),
            "{html}"
        );
    }
    for (path, content_type) in [
        ("/account/account.js", "text/javascript; charset=utf-8"),
        ("/account/account.css", "text/css; charset=utf-8"),
    ] {
        let response = get(&server, path).await;
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.status(), 200);
    }
}

#[tokio::test]
async fn where_there_is_a_dashboard_links_lead_there_and_no_page_is_served() {
    let dashboard = "https://shop.example/account";
    let post = Post::open_with("pages_dashboard", |settings| {
        settings.mail.dashboard_url = Some(dashboard.to_owned());
    })
    .await;
    post.dealer("Acme", "olivia@test.example").await;
    let mails = post.mails_to("olivia@test.example").await;
    let link = format!("{dashboard}/verify-email?token=");
    assert!(mails[0].text.contains(&link) && mails[0].html.contains(&link));
    for path in PAGES {
        assert_eq!(get(&post.server, path).await.status(), 404, "{path}");
    }
}
