//! Rows and enums of deliveries.

use crate::kernel::ids::typed_id;

typed_id!(
    /// A delivery.
    DeliveryId, "dlv"
);

typed_id!(
    /// A line of a delivery.
    DeliveryLineId, "dll"
);

typed_id!(
    /// A way of a truck.
    DeliveryRunId, "run"
);
