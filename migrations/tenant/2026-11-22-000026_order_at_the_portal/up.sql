-- A customer's own people order at the portal. How much somebody orders without asking stands with
-- the contact he is; who placed an order, and who answered for it, with the order.
ALTER TABLE customer_contacts ADD COLUMN user_id uuid;
ALTER TABLE customer_contacts ADD COLUMN order_limit numeric(18, 4);
ALTER TABLE customer_contacts ADD COLUMN approves_orders boolean;
ALTER TABLE customer_contacts ALTER COLUMN approves_orders SET DEFAULT false;
UPDATE customer_contacts SET approves_orders = false;
ALTER TABLE customer_contacts ALTER COLUMN approves_orders SET NOT NULL;
ALTER TABLE customer_contacts ADD CONSTRAINT customer_contacts_order_limit_check CHECK (order_limit >= 0);
ALTER TABLE customer_contacts ADD CONSTRAINT customer_contacts_user_unique UNIQUE (customer_id, user_id);
COMMENT ON COLUMN customer_contacts.user_id IS 'The member who signs in at the portal as this person.';
COMMENT ON COLUMN customer_contacts.order_limit IS 'What he orders or approves without asking, tax included; without one, any amount.';

ALTER TABLE orders ADD COLUMN placed_by uuid;
ALTER TABLE orders ADD COLUMN approval text;
ALTER TABLE orders ADD COLUMN approval_by uuid;
ALTER TABLE orders ADD COLUMN approval_reason text;
ALTER TABLE orders ADD CONSTRAINT orders_approval_check CHECK (
    approval IS NULL OR (approval IN ('AWAITING', 'APPROVED', 'DECLINED') AND placed_by IS NOT NULL)
);
ALTER TABLE orders ADD CONSTRAINT orders_approval_by_check CHECK (
    (approval_by IS NOT NULL) = coalesce(approval IN ('APPROVED', 'DECLINED'), false)
);
ALTER TABLE orders ADD CONSTRAINT orders_approval_reason_check CHECK (length(approval_reason) BETWEEN 1 AND 200);
COMMENT ON COLUMN orders.placed_by IS 'Who of the customer''s people placed it; none if the dealer wrote it.';
COMMENT ON COLUMN orders.approval IS 'None if nobody has to approve it.';
