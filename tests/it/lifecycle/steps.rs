//! Every action in every state.

use DealerAction::{Archive, Drop, Rename, Resume, SetPlan, Suspend};
use DealerStatus::{Active, Archived, Deleting, Dropped, Provisioning, Suspended};
use tubex::app::Core;
use tubex::error::{ErrorCode, Refusal};
use tubex::kernel::ids::DealerId;
use tubex::platform::dealers::lifecycle::{DealerAction, DealerRecord, GRACE_DAYS, LifecycleError};
use tubex::platform::dealers::plans::KnownPlans;
use tubex::tenancy::directory::DealerStatus;

use super::{apart, order};
use crate::support::{Server, owner, owner_of, until};

/// State, what is possible in it, and where that leads.
const LIFE: [(DealerStatus, &[(DealerAction, DealerStatus)]); 6] = [
    (Provisioning, &[]),
    (
        Active,
        &[
            (Suspend, Suspended),
            (Archive, Archived),
            (Rename, Active),
            (SetPlan, Active),
        ],
    ),
    (
        Suspended,
        &[
            (Resume, Active),
            (Archive, Archived),
            (Rename, Suspended),
            (SetPlan, Suspended),
        ],
    ),
    (
        Archived,
        &[
            (Resume, Active),
            (Drop, Deleting),
            (Rename, Archived),
            (SetPlan, Archived),
        ],
    ),
    (Deleting, &[(Resume, Archived)]),
    (Dropped, &[]),
];

async fn put(dealer: DealerId, status: DealerStatus) {
    let update = "UPDATE platform.dealers SET status = $2, name = 'Acme',
            activated_at = CASE WHEN $2 = 'PROVISIONING' THEN NULL ELSE now() END,
            delete_after = CASE WHEN $2 = 'DELETING' THEN now() + interval '9 days' END
        WHERE id = $1::text::uuid";
    let id = dealer.uuid().to_string();
    let changed = owner()
        .await
        .execute(update, &[&id, &status.as_str()])
        .await;
    assert_eq!(changed.unwrap(), 1);
}

async fn act(
    core: &Core,
    dealer: DealerId,
    action: DealerAction,
) -> Result<DealerRecord, LifecycleError> {
    let (life, order) = (&core.lifecycle, order(dealer));
    match action {
        Suspend => life.suspend(&order).await,
        Resume => life.resume(&order).await,
        Archive => life.archive(&order).await,
        Drop => life.drop(&order, "Acme", GRACE_DAYS).await,
        Rename => life.rename(&order, "Acme & Sons").await,
        SetPlan => {
            // Another one each time: what is so already is no change.
            let plan = if life.show(dealer).await?.plan == "pro" {
                "plus"
            } else {
                "pro"
            };
            let known = KnownPlans::new(["pro", "plus"]);
            let changed = life.set_plan(&order, plan, &known).await?;
            let actions = life.actions(dealer).await?.len();
            let again = life.set_plan(&order, plan, &known).await?;
            assert_eq!(again.plan, plan);
            assert_eq!(life.actions(dealer).await?.len(), actions);
            Ok(changed)
        }
        DealerAction::Dropped => panic!("done by the sweep only"),
    }
}

#[tokio::test]
async fn each_action_leads_where_it_should_or_is_refused_with_what_is_possible() {
    let server = Server::start().await;
    let (core, dealer) = (&server.app.core, server.dealer().await.id);
    for (status, possible) in LIFE {
        for action in [Suspend, Resume, Archive, Drop, Rename, SetPlan] {
            put(dealer, status).await;
            let before = core.lifecycle.actions(dealer).await.unwrap().len();
            let outcome = act(core, dealer, action).await;
            let actions = core.lifecycle.actions(dealer).await.unwrap();
            let leads_to = possible.iter().find(|(by, _)| *by == action);
            if let Some((_, to)) = leads_to {
                let changed = outcome.unwrap();
                assert_eq!(changed.status, *to, "{action:?} when {status:?}");
                assert_eq!(changed.delete_after.is_some(), *to == Deleting);
                assert_eq!(actions.len(), before + 1);
                let newest = &actions[0];
                assert_eq!(newest.action, action.as_str());
                assert_eq!(newest.actor, "test");
                assert_eq!(newest.reason.as_deref(), Some("as agreed"));
            } else {
                let Err(LifecycleError::Refused(refused)) = outcome else {
                    panic!("{action:?} when {status:?}: {outcome:?}");
                };
                let others: Vec<_> = possible.iter().map(|(by, _)| *by).collect();
                assert_eq!((refused.status, refused.possible), (status, others));
                assert_eq!(actions.len(), before);
                assert_eq!(core.lifecycle.show(dealer).await.unwrap().status, status);
            }
        }
    }
    put(dealer, Archived).await;
}

#[tokio::test]
async fn a_refusal_names_the_state_and_what_is_possible() {
    let server = Server::start().await;
    let (life, dealer) = (&server.app.core.lifecycle, server.dealer().await.id);
    let error = life.resume(&order(dealer)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "RESUME is not possible while the dealer is ACTIVE; possible: SUSPEND, ARCHIVE, RENAME, \
         SET_PLAN"
    );
    let Refusal::User(errors) = error.into() else {
        panic!("a refusal is the caller's to mend");
    };
    assert_eq!(errors[0].code, ErrorCode::NotAllowed);
    let nobody = DealerId::generate();
    let error = life.suspend(&order(nobody)).await.unwrap_err();
    assert!(matches!(error, LifecycleError::Unknown(id) if id == nobody));
}

#[tokio::test]
async fn values_that_can_not_be_used_are_refused_with_their_field() {
    let server = Server::start().await;
    let (life, dealer) = (&server.app.core.lifecycle, server.dealer().await.id);
    life.archive(&order(dealer)).await.unwrap();
    let name = life.show(dealer).await.unwrap().name;
    let mut wordy = order(dealer);
    wordy.reason = Some("x".repeat(501));
    for (outcome, field) in [
        (life.rename(&order(dealer), " ").await, "name"),
        (life.rename(&order(dealer), "a\u{7}b").await, "name"),
        (life.drop(&order(dealer), &name, 3651).await, "graceDays"),
        (life.resume(&wordy).await, "reason"),
        (life.drop(&order(dealer), "Somebody", 1).await, "confirm"),
    ] {
        let Refusal::User(errors) = outcome.unwrap_err().into() else {
            panic!("{field} is the caller's to mend");
        };
        assert_eq!(errors[0].path.as_ref().unwrap()[1], field);
    }
    assert_eq!(life.show(dealer).await.unwrap().status, Archived);
}

#[tokio::test]
async fn of_two_who_act_at_once_one_wins() {
    let (database, server) = apart("life_race").await;
    let dealer = server.dealer().await.id;
    let (holder, watcher) = (owner_of(&database).await, owner_of(&database).await);
    holder
        .batch_execute("BEGIN; SELECT 1 FROM platform.dealers FOR UPDATE")
        .await
        .unwrap();
    let life = &server.app.core.lifecycle;
    let (first, second) = (order(dealer), order(dealer));
    let release = async {
        let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
            AND wait_event_type = 'Lock' AND query LIKE 'UPDATE \"platform\".\"dealers\"%'";
        until("both have decided", async || {
            watcher.query(waiting, &[]).await.unwrap().len() == 2
        })
        .await;
        holder.batch_execute("ROLLBACK").await.unwrap();
    };
    let (one, other, ()) = tokio::join!(life.suspend(&first), life.suspend(&second), release);
    let (won, lost) = if one.is_ok() {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(won.unwrap().status, Suspended);
    let Err(LifecycleError::Refused(refused)) = lost else {
        panic!("{lost:?}");
    };
    assert_eq!(refused.status, Suspended);
    assert_eq!(life.actions(dealer).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_done_can_not_be_undone_in_the_log() {
    let server = Server::start().await;
    let dealer = server.dealer().await.id;
    server
        .app
        .core
        .lifecycle
        .suspend(&order(dealer))
        .await
        .unwrap();
    let owner = owner().await;
    for change in [
        "UPDATE platform.dealer_actions SET reason = 'another'",
        "DELETE FROM platform.dealer_actions",
        "TRUNCATE platform.dealer_actions",
    ] {
        let error = owner.batch_execute(change).await.unwrap_err();
        let message = error.as_db_error().unwrap().message().to_owned();
        assert!(message.contains("neither changed nor deleted"), "{message}");
    }
}
