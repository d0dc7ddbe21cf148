//! Rows and enums of payments.

use crate::kernel::ids::typed_id;

typed_id!(
    /// A payment.
    PaymentId, "pay"
);

typed_id!(
    /// A reminder of what is overdue.
    ReminderId, "rem"
);
