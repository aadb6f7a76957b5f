-- Room in each page for what a claim and an outcome add to its rows: at thousands of messages/s nearly half of the updates found none,
-- and each of those moved its row to another page and updated two indexes. For rows planned from now on.
ALTER TABLE deliveries SET (fillfactor = 60);
