PRAGMA application_id = 1163285317;
BEGIN TRANSACTION;
CREATE TABLE board_events (
                id INTEGER PRIMARY KEY, serial INTEGER NOT NULL, boot INTEGER NOT NULL, number INTEGER NOT NULL,
                board_ms INTEGER NOT NULL, kind INTEGER NOT NULL, code INTEGER NOT NULL, value INTEGER NOT NULL,
                wall_s REAL NOT NULL, UNIQUE (serial, boot, number, board_ms, kind, code, value)
            );
INSERT INTO "board_events" VALUES(1,1001,1,0,0,1,2,0,1700000000.25);
INSERT INTO "board_events" VALUES(2,1001,1,1,100,1,2,1,1700000000.25);
INSERT INTO "board_events" VALUES(3,1001,1,2,200,1,2,2,1700000000.25);
CREATE TABLE energy (
                charger TEXT PRIMARY KEY, total_mj INTEGER NOT NULL, started_s REAL, plugged INTEGER NOT NULL,
                duration_ms INTEGER NOT NULL, charging_ms INTEGER NOT NULL, session_mj INTEGER NOT NULL,
                estimated INTEGER NOT NULL, meter_start_wh INTEGER
            ) WITHOUT ROWID
            ;
INSERT INTO "energy" VALUES('1',123456789012345,1700000000.5,1,5000000,3000000,25200000000,1,NULL);
INSERT INTO "energy" VALUES('garage',0,NULL,0,0,0,0,0,NULL);
CREATE TABLE log (
                id INTEGER PRIMARY KEY, number INTEGER NOT NULL, wall_s REAL NOT NULL, charger TEXT NOT NULL,
                level TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (number, wall_s, charger, text)
            );
INSERT INTO "log" VALUES(1,1,1700000001.0,'1','warning','line 1, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(2,2,1700000002.0,'','fault','line 2, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(3,3,1700000003.0,'1','info','line 3, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(4,4,1700000004.0,'','warning','line 4, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(5,5,1700000005.0,'1','fault','line 5, with a ''quote'' and an ü');
INSERT INTO "log" VALUES(6,6,1700000006.0,'','info','line 6, with a ''quote'' and an ü');
CREATE TABLE migrations (version INTEGER PRIMARY KEY, what TEXT NOT NULL, at TEXT NOT NULL);
INSERT INTO "migrations" VALUES(1,'settings, energy, events','2026-01-01 00:00:00');
CREATE TABLE settings (
                charger TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (charger, name)
            ) WITHOUT ROWID
            ;
INSERT INTO "settings" VALUES('','current_main',20);
INSERT INTO "settings" VALUES('1','current_max',16);
INSERT INTO "settings" VALUES('1','mode',3);
COMMIT;
