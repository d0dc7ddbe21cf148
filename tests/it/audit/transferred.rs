//! A log goes with its dealer, and stays what was sealed.

use super::{log, seal, verified};
use crate::support::Server;
use crate::transfer::{adopt, export, import_new, quiet};

#[tokio::test]
async fn a_restored_dealer_has_his_log_and_goes_on_with_it() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    dealer.add_product("A-1").await;
    seal(&server, &dealer.schema).await;
    dealer.add_product("B-1").await;
    let before = log(&dealer.schema, "true").await;
    let (_, file) = export(&server.app, dealer.id).await;
    let (_, restored) = import_new(&server.app, &file).await;
    let transfer = &server.app.core.transfer;
    let staged = transfer.clone_of(dealer.id, &quiet).await.unwrap();
    let (_, cloned) = adopt(&server.app, staged).await;
    for schema in [restored, cloned] {
        // Nothing but what there was, and that it came: filling is no change.
        let rows = log(&schema, "true").await;
        assert_eq!(rows[..before.len()], before[..]);
        let [arrived] = &rows[before.len()..] else {
            panic!("{rows:#?}");
        };
        assert_eq!(
            (arrived["action"].as_str(), arrived["actor"].as_str()),
            (Some("ARRIVED"), Some("system:transfer"))
        );
        let walked = verified(&server, &schema).await;
        assert_eq!((walked.fault, walked.unsealed), (None, 3));
        assert_eq!(seal(&server, &schema).await, 3);
        let walked = verified(&server, &schema).await;
        assert_eq!((walked.fault, walked.rows), (None, rows.len()));
    }
}
