//! Rows and enums of returns.

use crate::kernel::ids::typed_id;

typed_id!(
    /// A return.
    ReturnId, "ret"
);

typed_id!(
    /// A line of a return.
    ReturnLineId, "rtl"
);
