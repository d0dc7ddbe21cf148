DROP INDEX mails_turn;
