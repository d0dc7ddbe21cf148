-- The extension stays: dealers' schemas may use it.
SELECT 1;
