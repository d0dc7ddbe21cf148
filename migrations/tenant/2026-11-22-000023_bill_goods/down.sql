DROP TABLE payment_reminders;
DROP TABLE payments;
DROP TABLE invoice_lines;
DROP TABLE invoices;
