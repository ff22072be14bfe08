-- %(rows)s points, spread evenly; coordinates have 8 decimals, so that every server writes the same digits.
INSERT INTO {table} (id, name, category, status, capacity, value, address, observed_at, geometry,
                     source_id, dataset, as_of, fictitious, position_quality, position_error_m, load_id, raw_number)
SELECT 'p' || lpad(n::text, 8, '0'), kind || '第' || n || '号', kind,
       (ARRAY['稼働', '休止', '点検中'])[1 + floor(random() * 3)::int], floor(random() * 900)::int,
       round((random() * 80)::numeric, 1)::float8,
       '兵庫県西宮市六湛寺町' || n %% 20 + 1 || '番' || n %% 9 + 1 || '号',
       timestamptz '2024-01-01 00:00+09' + random() * interval '700 days',
       ST_SetSRID(ST_MakePoint(round((%(west)s + (%(east)s - %(west)s) * random())::numeric, 8)::float8,
                               round((%(south)s + (%(north)s - %(south)s) * random())::numeric, 8)::float8), 6668),
       'benchmark', 'benchmark', '2024-03-31', true, 'as-published', 1.5, 1, n
  FROM (SELECT n, (%(categories)s::text[])[1 + n %% 8] AS kind FROM generate_series(1, %(rows)s) AS n) AS numbered
 ORDER BY 9  -- as publishing lays rows: neighbours together
