DROP FUNCTION note_for_dealer;
DROP FUNCTION spine.audit_note;
DROP FUNCTION spine.audit;
DROP FUNCTION spine.audit_row;
DROP FUNCTION spine.audit_hide;
DROP FUNCTION spine.audit_put;
