//! What happens to the price lists of customers and jobs.

/// Of customers.
pub mod customer {
    use crate::events::events;
    use crate::kernel::ids::CustomerId;

    events! {
        /// What readers learn of the price list of a customer.
        pub struct CustomerPricesFacts {
            /// The customer.
            customer: CustomerId,
            /// Id of the price list; empty if there is none any more.
            price_list: String,
        }
        for Staff:
        /// A customer was given another price list.
        CustomerPriced = "customer.priced", version 1;
    }
}

/// Of jobs.
pub mod job {
    use crate::dealer::customers::jobs::model::JobId;
    use crate::events::events;

    events! {
        /// What readers learn of the price list of a job.
        pub struct JobPricesFacts {
            /// The job.
            job: JobId,
            /// Id of the price list; empty if there is none any more.
            price_list: String,
        }
        for Staff:
        /// A job was given another price list.
        JobPriced = "job.priced", version 1;
    }
}
