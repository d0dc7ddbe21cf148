-- The units of measure of the trade, as every dealer starts with them.
--
-- Runs after the migrations, with the dealer's schema on the search path; may
-- run again, and leaves units alone that are there already. Packages have no
-- code here: they are listed in Recommendation 21, not 20.
INSERT INTO units (id, code, name, dimension, scale, rec20_code, version, created_at, updated_at)
SELECT gen_random_uuid(), code, name, dimension, scale, rec20_code, 1, now(), now()
FROM (VALUES
    ('pc',       'Piece',               'COUNT',   0, 'H87'),
    ('thousand', 'Thousand pieces',     'COUNT',   3, 'MIL'),
    ('bag',      'Bag',                 'COUNT',   0, NULL),
    ('bar',      'Bar',                 'COUNT',   0, NULL),
    ('board',    'Board',               'COUNT',   0, NULL),
    ('box',      'Box',                 'COUNT',   0, NULL),
    ('bundle',   'Bundle',              'COUNT',   0, NULL),
    ('carton',   'Carton',              'COUNT',   0, NULL),
    ('length',   'Pipe length',         'COUNT',   0, NULL),
    ('pack',     'Pack',                'COUNT',   0, NULL),
    ('pail',     'Pail',                'COUNT',   0, NULL),
    ('pallet',   'Pallet',              'COUNT',   0, NULL),
    ('roll',     'Roll',                'COUNT',   0, NULL),
    ('sheet',    'Sheet',               'COUNT',   0, NULL),
    ('truck',    'Truck load',          'COUNT',   0, NULL),
    ('kg',       'Kilogram',            'MASS',    3, 'KGM'),
    ('t',        'Tonne',               'MASS',    3, 'TNE'),
    ('m',        'Metre',               'LENGTH',  3, 'MTR'),
    ('LF',       'Linear foot',         'LENGTH',  3, 'LF'),
    ('m2',       'Square metre',        'AREA',    4, 'MTK'),
    ('SF',       'Square foot',         'AREA',    3, 'FTK'),
    ('square',   'Roofing square',      'AREA',    2, 'SQR'),
    ('m3',       'Cubic metre',         'VOLUME',  3, 'MTQ'),
    ('L',        'Litre',               'VOLUME',  3, 'LTR'),
    ('BF',       'Board foot',          'VOLUME',  3, 'BFT'),
    ('MBF',      'Thousand board feet', 'VOLUME',  6, 'MBF'),
    ('trip',     'Delivery trip',       'SERVICE', 0, 'E54')
) AS unit (code, name, dimension, scale, rec20_code)
ON CONFLICT (code) DO NOTHING;
