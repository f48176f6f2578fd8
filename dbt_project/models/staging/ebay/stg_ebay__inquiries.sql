{{ ebay_buyer_requests('inquiries', 'inquiry_id') }}
