-- Role, database and extensions of the platform. Run as a superuser on an empty server, by the project's own
-- cluster and by the container alike; running it again changes nothing.
-- postgis is not a trusted extension, so it goes into template1 too: the role makes its own test databases.
\set ON_ERROR_STOP on
\set app_password ''
\getenv app_password GOVPLATFORM_DB_PASSWORD
SET client_min_messages = warning;
SELECT 'CREATE ROLE govplatform LOGIN CREATEDB' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'govplatform') \gexec
SELECT format('ALTER ROLE govplatform PASSWORD %L', :'app_password') WHERE :'app_password' <> '' \gexec
\connect template1
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
-- A template with sessions on it cannot be copied.
\connect postgres
SELECT 'CREATE DATABASE govplatform OWNER govplatform TEMPLATE template1 ENCODING ''UTF8''' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'govplatform') \gexec
\connect govplatform
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER SCHEMA public OWNER TO govplatform;
-- `manage.py demo_clock` writes it as a database setting; the production clock never reads it.
GRANT SET ON PARAMETER govplatform.clock_offset TO govplatform;
