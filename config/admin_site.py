from django.contrib.admin import AdminSite


class HallkeeperAdminSite(AdminSite):
    site_header = "厅管家设置"
    site_title = "厅管家设置"
    index_title = "数据与参数"
    enable_nav_sidebar = True
