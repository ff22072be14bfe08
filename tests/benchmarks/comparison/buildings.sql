-- %(rows)s rotated rectangles and L-shapes, seven of ten of them crowded around the middle; coordinates have 8 decimals.
INSERT INTO {table} (id, building_code, name, district, usage, structure, storeys, height_m, floor_area_m2,
                     built_year, flood_depth_m, address, surveyed_at, geometry, source_id, dataset, as_of,
                     fictitious, position_quality, position_error_m, load_id, raw_number)
SELECT 'b' || lpad(n::text, 8, '0'), 'NSH-' || lpad(n::text, 8, '0'),
       (ARRAY['夙川', '甲陽園', '苦楽園', '今津', '鳴尾', '浜脇', '名塩', '山口', '甲子園', '段上'])[1 + n %% 10]
         || (ARRAY['住宅', 'マンション', 'ビル', '商店', '倉庫', '公民館', '小学校', '病院'])[1 + n * 7 %% 8] || n,
       (ARRAY['本庁地区', '鳴尾地区', '瓦木地区', '甲東地区', '塩瀬地区', '山口地区'])[1 + floor(random() * 6)::int],
       (%(usages)s::text[])[1 + floor(power(random(), 2) * 7)::int],
       (ARRAY['木造', '鉄筋コンクリート造', '鉄骨造', '軽量鉄骨造'])[1 + floor(random() * 4)::int],
       1 + floor(power(random(), 3) * 14)::int, round((3 + power(random(), 3) * 45)::numeric, 1)::float8,
       round((width * depth)::numeric, 1)::float8, 1950 + floor(random() * 76)::int,
       CASE WHEN random() < 0.3 THEN round((random() * 5)::numeric, 2)::float8 END,
       '兵庫県西宮市甲子園町' || 1 + n %% 6 || '丁目' || 1 + n %% 30 || '番' || 1 + n %% 20 || '号',
       timestamptz '2020-01-01 00:00+09' + random() * interval '2100 days',
       ST_GeomFromText(ST_AsText(ST_Multi(ST_Translate(ST_Scale(ST_Rotate(
         CASE WHEN shape < 0.6 THEN ST_MakeEnvelope(0, 0, width, depth)
              ELSE ST_Difference(ST_MakeEnvelope(0, 0, width, depth),
                                 ST_MakeEnvelope(width / 2, depth / 2, width, depth)) END,
         turn), 1 / 91300.0, 1 / 111000.0), lon, lat)), 8), 6668),
       'benchmark', 'benchmark', '2024-03-31', true, 'as-published', 1.5, 1, n
  FROM (SELECT n, 4 + 12 * random() * random() AS width, 4 + 12 * random() * random() AS depth,
               random() * pi() AS turn, random() AS shape,
               %(west)s + (%(east)s - %(west)s) * CASE WHEN random() < 0.7
                 THEN 0.5 + 0.2 * (random() + random() + random() - 1.5) ELSE random() END AS lon,
               %(south)s + (%(north)s - %(south)s) * CASE WHEN random() < 0.7
                 THEN 0.4 + 0.24 * (random() + random() + random() - 1.5) ELSE random() END AS lat
          FROM generate_series(1, %(rows)s) AS n) AS numbered
