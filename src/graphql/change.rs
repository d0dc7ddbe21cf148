//! Live updates of records of one kind: what is told of a change, and to whom.

use std::collections::HashSet;

use uuid::Uuid;

use super::filter::MAX_VALUES;
use crate::error::{AppError, AppResult};
use crate::events::Event;

/// Which events somebody wants to hear of. What is absent is asked of none.
#[derive(Default)]
pub struct Wanted {
    ids: Option<HashSet<Uuid>>,
    customer: Option<Uuid>,
    warehouse: Option<String>,
}

impl Wanted {
    /// Those of these records, at most [`MAX_VALUES`].
    pub fn of<I>(ids: Option<Vec<I>>, uuid: fn(I) -> Uuid) -> AppResult<Self> {
        if ids.as_ref().is_some_and(|ids| ids.len() > MAX_VALUES) {
            return Err(AppError::bad_input("ids", "may list at most 200 values"));
        }
        let ids = ids.map(|ids| ids.into_iter().map(uuid).collect());
        Ok(Self {
            ids,
            ..Self::default()
        })
    }

    /// Only those of records of this customer.
    #[must_use]
    pub fn of_customer(mut self, customer: Option<Uuid>) -> Self {
        self.customer = customer;
        self
    }

    /// Only those that name this warehouse, by its id as the API writes it.
    #[must_use]
    pub fn at(mut self, warehouse: Option<impl ToString>) -> Self {
        self.warehouse = warehouse.map(|id| id.to_string());
        self
    }

    /// Whether it is one of them.
    pub fn has(&self, event: &Event) -> bool {
        self.holds(event.entity_id) && self.suits(event)
    }

    /// Whether it is one of them, whatever record it is about.
    pub fn suits(&self, event: &Event) -> bool {
        let told = event.payload.get("warehouse").and_then(|one| one.as_str());
        let warehouse = self.warehouse.as_deref();
        self.customer.is_none_or(|one| event.customer == Some(one))
            && warehouse.is_none_or(|one| told == Some(one))
    }

    /// Whether this record is one of those that were named.
    pub fn holds(&self, id: Uuid) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&id))
    }
}

/// Declares what subscribers are told of a committed change: the event, and the record as it is
/// now, which takes the permission to read it.
macro_rules! change {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(#[$event_doc:meta])*
            event,
            $(#[$at_doc:meta])*
            at,
            $(#[$record_doc:meta])*
            $record:ident: $node:ident by $key:ident($id:ident),
        }
        needs: $needs:ident $(,)?
    ) => {
        $(#[$doc])*
        pub struct $name($crate::tenancy::live::Delivery);

        $(#[$doc])*
        #[async_graphql::Object(directive = $crate::graphql::permit::open_to_all::apply())]
        impl $name {
            /// Id of the event: pass the last one as afterEventId to go on behind it. Ids of
            /// later events are greater.
            async fn event_id(&self) -> async_graphql::ID {
                self.0.event().id.to_string().into()
            }

            $(#[$event_doc])*
            async fn event(&self) -> &str {
                &self.0.event().name
            }

            $(#[$at_doc])*
            async fn at(&self) -> chrono::DateTime<chrono::Utc> {
                self.0.event().at
            }

            $(#[$record_doc])*
            #[graphql(
                guard = $crate::graphql::permit::Permission::$needs,
                directive = $crate::graphql::permit::has_permission::apply(
                    $crate::graphql::permit::Permission::$needs
                )
            )]
            async fn $record(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> $crate::error::AppResult<Option<$node>> {
                let id = $id::from_uuid(self.0.event().entity_id);
                let unit = $crate::graphql::context::ContextExt::unit(ctx)?;
                Ok(unit.load($key(id)).await?.map($node))
            }
        }
    };
}
pub(crate) use change;
