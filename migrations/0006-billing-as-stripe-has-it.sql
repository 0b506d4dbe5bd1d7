-- `attempts`: calls of Stripe that make something, with the body that went out and has not been answered yet (JSON).
-- `contact`: the name and address Stripe was last given (JSON). `default_method`: the customer's own payment method as
-- last seen, empty for none; NULL in both: not looked at yet. `others`: what runs for the user and is not theirs here.
ALTER TABLE entitlement ADD COLUMN attempts TEXT;
ALTER TABLE entitlement ADD COLUMN contact TEXT;
ALTER TABLE entitlement ADD COLUMN default_method TEXT;
ALTER TABLE entitlement ADD COLUMN others TEXT;
ALTER TABLE entitlement ADD COLUMN trial_marked INTEGER NOT NULL DEFAULT 0;

-- What the disputed charge paid for: a subscription, or empty for nothing of ours; NULL: not looked up yet.
ALTER TABLE billing_disputes ADD COLUMN subscription_id TEXT;
