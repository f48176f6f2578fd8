{{ ebay_buyer_requests('returns', 'return_id') }}
