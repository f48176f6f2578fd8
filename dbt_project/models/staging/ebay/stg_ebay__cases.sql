{{ ebay_buyer_requests('cases', 'case_id') }}
