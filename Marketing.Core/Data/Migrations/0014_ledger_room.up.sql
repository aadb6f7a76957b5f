-- Room in each page for what a claim and an outcome add to its rows: with 30 % most updates at thousands of messages/s moved their row
-- to another page, and each of those updated two indexes. For rows planned from now on.
ALTER TABLE deliveries SET (fillfactor = 60);
