-- Status keys whose time is only the latest that it can have been: the device slept, or its clock was set, before it was heard.

ALTER TABLE tracking.key ADD COLUMN not_before timestamptz;
