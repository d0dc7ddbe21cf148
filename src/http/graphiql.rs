//! The page to explore the API by hand: the real GraphiQL where a bundle was
//! built, a smaller page of our own otherwise. Neither needs the network.

use std::collections::HashMap;
use std::path::Path;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::examples::{EXAMPLES, Example};
use crate::platform::mail::transport::MailDir;

const EXPLORER_HTML: &str = include_str!("../../web/explorer/index.html");
const EXPLORER_JS: &str = include_str!("../../web/explorer/explorer.js");
const EXPLORER_SIGNIN: &str = include_str!("../../web/explorer/signin.js");
const EXPLORER_CSS: &str = include_str!("../../web/explorer/explorer.css");

/// Nothing but this server's own files; the editor sets styles on elements and
/// embeds its fonts.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
    style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For names that change with their content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// For names that stay.
const REVALIDATE: &str = "no-cache";

/// A user of a demo dealer, offered by the page.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoLogin {
    /// Name of the dealer.
    pub dealer: String,
    /// Address of the user.
    pub email: String,
    /// Password of the user; demo dealers have no secrets.
    pub password: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageConfig {
    graphql_url: &'static str,
    ws_url: &'static str,
    demo_logins: Vec<DemoLogin>,
    default_query: &'static str,
    examples: &'static [Example],
}

struct Asset {
    content_type: &'static str,
    caching: &'static str,
    body: Bytes,
}

/// The page and its files, held in memory, so that no request touches a path.
pub struct Page {
    index: Option<Bytes>,
    assets: HashMap<String, Asset>,
    config: PageConfig,
    mailbox: Option<MailDir>,
}

impl Page {
    /// No page at all.
    pub fn off() -> Self {
        Self::with(None, HashMap::new())
    }

    /// The small page.
    pub fn explorer() -> Self {
        let asset = |name: &str, text: &'static str| {
            let asset = Asset {
                content_type: content_type(name),
                caching: REVALIDATE,
                body: Bytes::from_static(text.as_bytes()),
            };
            (name.to_owned(), asset)
        };
        let assets = [
            asset("explorer.js", EXPLORER_JS),
            asset("signin.js", EXPLORER_SIGNIN),
            asset("explorer.css", EXPLORER_CSS),
        ];
        let index = Bytes::from_static(EXPLORER_HTML.as_bytes());
        Self::with(Some(index), HashMap::from(assets))
    }

    /// The bundle in `dir`: `index.html` and what is in `assets`.
    pub fn bundle(dir: &Path) -> std::io::Result<Self> {
        let index = std::fs::read(dir.join("index.html"))?;
        let mut assets = HashMap::new();
        for entry in std::fs::read_dir(dir.join("assets"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let asset = Asset {
                content_type: content_type(&name),
                caching: if has_hash(&name) { FOREVER } else { REVALIDATE },
                body: std::fs::read(entry.path())?.into(),
            };
            assets.insert(name, asset);
        }
        Ok(Self::with(Some(index.into()), assets))
    }

    /// Offers these users to sign in as.
    #[must_use]
    pub fn with_logins(mut self, logins: Vec<DemoLogin>) -> Self {
        self.config.demo_logins = logins;
        self
    }

    /// Shows the mails in this folder, to who sits at this machine.
    #[must_use]
    pub fn with_mailbox(mut self, mailbox: Option<MailDir>) -> Self {
        self.mailbox = mailbox;
        self
    }

    pub(super) const fn mailbox(&self) -> Option<&MailDir> {
        self.mailbox.as_ref()
    }

    fn with(index: Option<Bytes>, assets: HashMap<String, Asset>) -> Self {
        Self {
            index,
            assets,
            config: PageConfig {
                graphql_url: "/graphql",
                ws_url: "/graphql",
                demo_logins: Vec::new(),
                default_query: DEFAULT_QUERY,
                examples: EXAMPLES,
            },
            mailbox: None,
        }
    }
}

/// What a newcomer runs first.
const DEFAULT_QUERY: &str = "\
# The first products of the shop, with their units and their stock.
query Catalogue {
  viewer { dealer { name currency } }
  products(first: 10, orderBy: [{ field: NAME, direction: ASC }]) {
    totalCount
    nodes {
      sku
      name
      listPrice { amount currency }
      baseUnit { code }
      units { unit { code } num den }
      stockLevels {
        warehouse { name }
        available { value unit { code } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
";

/// `GET /graphiql`.
pub(super) async fn page(page: Data<Page>) -> HttpResponse {
    match &page.index {
        Some(index) => guarded(HttpResponse::Ok())
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, REVALIDATE))
            .body(index.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}

/// `GET /graphiql/config.json`.
pub(super) async fn config(page: Data<Page>) -> HttpResponse {
    if page.index.is_none() {
        return HttpResponse::NotFound().finish();
    }
    guarded(HttpResponse::Ok())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(&page.config)
}

/// `GET /graphiql/assets/…`.
pub(super) async fn asset(page: Data<Page>, name: web::Path<String>) -> HttpResponse {
    match page.assets.get(name.as_str()) {
        Some(asset) => guarded(HttpResponse::Ok())
            .content_type(HeaderValue::from_static(asset.content_type))
            .insert_header((header::CACHE_CONTROL, asset.caching))
            .body(asset.body.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}

/// `GET /`: on to the page, if there is one.
pub(super) async fn front_door(page: Data<Page>) -> HttpResponse {
    if page.index.is_none() {
        return HttpResponse::NotFound().finish();
    }
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/graphiql"))
        .finish()
}

fn guarded(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    response
}

/// Whether a name ends in a hash of the content, as in `editor-4ZK5TQ7A.js`.
fn has_hash(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let hash = stem.rsplit_once('-').map(|(_, hash)| hash);
    hash.is_some_and(|hash| {
        hash.len() == 8
            && hash
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("ttf") => "font/ttf",
        Some("woff") => "font/woff",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
