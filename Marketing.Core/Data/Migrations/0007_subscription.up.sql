-- What people do in the chat may arrive out of order, so the last of each kind is remembered: an older one changes nothing.
ALTER TABLE users
    ADD COLUMN source        text,        -- the payload of the link that the person first came by
    ADD COLUMN choice_at     timestamptz, -- their last /start, /stop or button that opted out or back in
    ADD COLUMN membership_at timestamptz; -- the last time that they blocked, unblocked or started the bot
