-- The two roles on a PostgreSQL of your own; run as a superuser, then set the passwords with \password.
CREATE ROLE portal_owner LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION;
CREATE ROLE portal_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
CREATE DATABASE portal OWNER portal_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE portal FROM PUBLIC;
GRANT CONNECT ON DATABASE portal TO portal_app;
