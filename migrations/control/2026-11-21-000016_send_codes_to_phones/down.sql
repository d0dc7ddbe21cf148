DROP TABLE text_messages;
DROP TABLE phone_factors;
